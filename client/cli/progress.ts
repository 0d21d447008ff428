import type { ApplyProgress } from '../model/apply-result.js';
import type { CliIo } from './io.js';
import { printable } from './render/printable.js';

/** How often the line is drawn anew, in milliseconds. */
const intervalMs = 100;

/** A line on a terminal that is drawn over itself. */
export interface ProgressLine {
  show(progress: ApplyProgress): void;
  clear(): void;
}

/** For one host. Draws nothing where standard error is no terminal. */
export function createProgressLine({ interactive = false, stderr }: CliIo, host: string): ProgressLine {
  let drawnAt = Number.NEGATIVE_INFINITY;
  return {
    show({ done, total }) {
      const now = performance.now();
      if (!interactive || now - drawnAt < intervalMs) return;
      drawnAt = now;
      stderr.write(`\r${printable(host)}: ${done} of ${total}\u001b[K`);
    },
    clear() {
      if (drawnAt !== Number.NEGATIVE_INFINITY) stderr.write('\r\u001b[K');
    },
  };
}
