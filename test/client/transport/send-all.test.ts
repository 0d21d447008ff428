import { EventEmitter } from 'node:events';
import type { ClientDuplexStream } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import { sendAll } from '../../../client/transport/send-all.js';

/** A call that is full after each message, until it says that it drained. */
class SlowCall extends EventEmitter {
  readonly written: number[] = [];
  ended = false;

  write(message: number): boolean {
    this.written.push(message);
    return false;
  }

  end(): void {
    this.ended = true;
  }
}

async function start(): Promise<{ call: SlowCall; taken: () => number; sending: Promise<void> }> {
  const call = new SlowCall();
  let count = 0;
  function* numbers(): Generator<number> {
    for (; count < 3; ) yield ++count;
  }
  const sending = sendAll(call as unknown as ClientDuplexStream<number, never>, numbers());
  await Promise.resolve();
  return { call, taken: () => count, sending };
}

describe('sending many requests', () => {
  it('takes no more than the call does, and ends it after the last', async () => {
    const { call, taken, sending } = await start();
    expect(taken()).toBe(1);
    for (const expected of [2, 3]) {
      call.emit('drain');
      await new Promise(setImmediate);
      expect(taken()).toBe(expected);
    }
    expect(call.ended).toBe(false);
    call.emit('drain');
    await sending;
    expect(call).toMatchObject({ written: [1, 2, 3], ended: true });
  });

  it('stops when the call is over', async () => {
    const { call, taken, sending } = await start();
    call.emit('status', { code: 0 });
    await sending;
    expect(taken()).toBeLessThanOrEqual(2);
    expect(call).toMatchObject({ written: [1], ended: false });
  });
});
