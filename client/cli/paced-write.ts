import type { TextOutput } from './io.js';

/** Writes, and waits until the stream has room again: a reader that is slow, or stands still, shall not fill this memory. Not longer than to the abort. */
export async function pacedWrite(output: TextOutput, text: string, signal: AbortSignal): Promise<void> {
  if (text === '' || output.write(text) !== false || signal.aborted) return;
  await new Promise<void>((resolve) => {
    function done() {
      signal.removeEventListener('abort', done);
      resolve();
    }
    output.once?.('drain', done);
    signal.addEventListener('abort', done);
  });
}
