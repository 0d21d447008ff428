import type { CliIo } from './io.js';

/** A line at the end of a terminal that is drawn over itself. */
export interface LiveLine {
  draw(text: string): void;
  clear(): void;
}

/** Draws nothing where standard error is no terminal. */
export function createLiveLine({ interactive = false, stderr }: CliIo): LiveLine {
  let drawn = false;
  return {
    draw(text) {
      if (!interactive) return;
      drawn = true;
      stderr.write(`\r${text}\u001b[K`);
    },
    clear() {
      if (drawn) stderr.write('\r\u001b[K');
      drawn = false;
    },
  };
}
