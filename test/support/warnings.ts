import { EventEmitter } from 'node:events';

/** What Node.js warns of meanwhile, with the number of listeners that a program has by default; Vitest allows more. */
export async function warningsDuring(work: () => Promise<unknown>): Promise<readonly string[]> {
  const warnings: string[] = [];
  const note = ({ name }: Error) => warnings.push(name);
  const limit = EventEmitter.defaultMaxListeners;
  EventEmitter.defaultMaxListeners = 10;
  process.on('warning', note);
  try {
    await work();
    await new Promise(setImmediate);
  } finally {
    process.off('warning', note);
    EventEmitter.defaultMaxListeners = limit;
  }
  return warnings;
}
