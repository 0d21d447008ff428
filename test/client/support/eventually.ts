import { expect } from 'vitest';

/** `expect.poll` that gives up no earlier than any other test: its own second is short on a busy machine. */
export function eventually<T>(read: () => T): ReturnType<typeof expect.poll<T>> {
  return expect.poll(read, { timeout: 50_000 });
}
