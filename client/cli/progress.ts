import type { ApplyProgress } from '../model/apply-result.js';
import type { CliIo } from './io.js';
import { createLiveLine } from './live-line.js';
import { printable } from './render/printable.js';

/** How often the line is drawn anew, in milliseconds. */
const intervalMs = 100;

/** How far a host is. */
export interface ProgressLine {
  show(progress: ApplyProgress): void;
  clear(): void;
}

/** For one host. */
export function createProgressLine(io: CliIo, host: string): ProgressLine {
  const line = createLiveLine(io);
  let drawnAt = Number.NEGATIVE_INFINITY;
  return {
    show({ done, total }) {
      const now = performance.now();
      if (now - drawnAt < intervalMs) return;
      drawnAt = now;
      line.draw(`${printable(host)}: ${done} of ${total}`);
    },
    clear: line.clear,
  };
}
