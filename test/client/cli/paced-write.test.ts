import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { pacedWrite } from '../../../client/cli/paced-write.js';

function output(room: unknown) {
  const events = new EventEmitter();
  const texts: string[] = [];
  const write = (text: string) => {
    texts.push(text);
    return room;
  };
  return Object.assign(events, { write, texts });
}

/** Whether it is settled once everything that is due has run. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  promise.then(() => {
    settled = true;
  });
  await new Promise(setImmediate);
  return settled;
}

describe('a paced write', () => {
  it.each([true, undefined])('goes on where the stream says %s', async (room) => {
    const stream = output(room);
    await pacedWrite(stream, 'text', new AbortController().signal);
    expect(stream.texts).toEqual(['text']);
  });

  it('waits for "drain" where the stream has enough', async () => {
    const stream = output(false);
    const { signal } = new AbortController();
    const written = pacedWrite(stream, 'text', signal);
    expect(await isSettled(written)).toBe(false);
    stream.emit('drain');
    expect(await isSettled(written)).toBe(true);
    expect(stream.listenerCount('drain')).toBe(0);
  });

  it('waits no longer than to the abort', async () => {
    const stream = output(false);
    const interruption = new AbortController();
    const written = pacedWrite(stream, 'text', interruption.signal);
    expect(await isSettled(written)).toBe(false);
    interruption.abort();
    expect(await isSettled(written)).toBe(true);
    expect(await isSettled(pacedWrite(stream, 'text', interruption.signal))).toBe(true);
  });

  it('of nothing is none', async () => {
    const stream = output(false);
    await pacedWrite(stream, '', new AbortController().signal);
    expect(stream.texts).toEqual([]);
  });
});
