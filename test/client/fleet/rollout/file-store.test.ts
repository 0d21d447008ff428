import { chmod, mkdir, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFileStore } from '../../../../client/fleet/rollout/file-store.js';
import type { RolloutEvent, RolloutRequest } from '../../../../client/fleet/rollout/rollout-event.js';
import type { RolloutStore } from '../../../../client/fleet/rollout/rollout-store.js';
import { sampleSpec } from './sample-spec.js';

let root: string;
let store: RolloutStore;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'routefleet-rollouts-'));
  store = createFileStore(join(root, 'not', 'there', 'yet'));
});
afterEach(() => rm(root, { recursive: true }));

const spec = sampleSpec();
const { id } = spec;
const events: readonly RolloutEvent[] = [
  { type: 'hostStarted', at: 1, host: 'h1' },
  { type: 'hostConfirming', at: 2, host: 'h1' },
  { type: 'hostEnded', at: 3, host: 'h1', outcome: 'confirmed', note: { mayStand: true } },
  { type: 'paused', at: 4 },
  { type: 'undoStarted', at: 5, host: 'h1' },
  { type: 'undoEnded', at: 6, host: 'h1', outcome: 'undoFailed', note: { mayStand: true, reason: 'R', message: 'ü\n', remedy: 'x' } },
  { type: 'takenOver', at: 7 },
];
const journal = () => join(root, 'not', 'there', 'yet', id, 'journal');

async function keep(kept: readonly RolloutEvent[] = events): Promise<void> {
  const rollout = await store.create(spec);
  for (const event of kept) await rollout.journal.append(event);
  await rollout.close();
}

/** The administrator may read and write everywhere. */
async function asNobody(work: () => Promise<void>): Promise<void> {
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid?.(65_534);
  try {
    await work();
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
}

describe('a kept rollout', () => {
  it('is read as it was written', async () => {
    expect(await store.list()).toEqual([]);
    await keep();
    expect(await store.read(id)).toEqual({ spec, events, driven: false });
    // Somebody died before the first line of another one was written.
    await mkdir(join(root, 'not', 'there', 'yet', 'unbegun'));
    expect(await store.list()).toEqual([id]);
  });

  it('is on disk event by event, with a checksum per line', async () => {
    const rollout = await store.create(spec);
    await rollout.journal.append({ type: 'paused', at: 4 });
    expect((await readFile(journal(), 'utf8')).split('\n').slice(1)).toEqual([
      expect.stringMatching(/^[0-9a-f]{8} \{"at":4,"type":"paused"\}$/),
      '',
    ]);
    await rollout.close();
  });

  it('loses a torn last line wherever it is torn, and goes on behind the last whole one', async () => {
    await keep();
    const whole = await readFile(journal());
    const lastStart = whole.lastIndexOf('\n', whole.length - 2) + 1;
    for (let length = lastStart; length < whole.length; length += 1) {
      await writeFile(journal(), whole.subarray(0, length));
      expect((await store.read(id)).events).toEqual(events.slice(0, -1));
    }
    const rollout = await store.take(id);
    await rollout.journal.append({ type: 'unpaused', at: 9 });
    await rollout.close();
    expect((await store.read(id)).events).toEqual([...events.slice(0, -1), { type: 'unpaused', at: 9 }]);
  });

  it('is refused when anything before its end is damaged', async () => {
    await keep();
    const whole = await readFile(journal());
    for (let at = 0; at < whole.length; at += 7) {
      const damaged = Buffer.from(whole);
      damaged.writeUInt8((whole.readUInt8(at) ^ 0x01) & 0xff, at);
      await writeFile(journal(), damaged);
      // The line feed of the last line makes the difference between torn and damaged.
      const isLastLineFeed = at === whole.length - 1;
      if (!isLastLineFeed) await expect(store.read(id), `byte ${at}`).rejects.toMatchObject({ code: 'ROLLOUT_DAMAGED' });
    }
    await writeFile(journal(), whole);
    await truncate(journal(), 20);
    await expect(store.take(id)).rejects.toMatchObject({ code: 'ROLLOUT_DAMAGED' });
    // It is not held by the attempt.
    await writeFile(journal(), whole);
    await (await store.take(id)).close();
  });

  it('is driven by one at a time', async () => {
    const rollout = await store.create(spec);
    expect(await store.read(id)).toMatchObject({ driven: true });
    await expect(store.take(id)).rejects.toMatchObject({ code: 'ROLLOUT_LOCKED' });
    await rollout.close();
    const next = await store.take(id);
    await next.close();
    expect(await store.read(id)).toMatchObject({ driven: false });
  });

  it('is not driven where nothing can be written, and says so', async () => {
    await keep();
    const above = [root, join(root, 'not'), join(root, 'not', 'there')];
    const kept = [join(root, 'not', 'there', 'yet'), join(journal(), '..')];
    const chmodAll = async (paths: readonly string[], mode: number) => {
      for (const path of paths) await chmod(path, mode);
    };
    await chmodAll([...above, journal()], 0o755);
    await chmodAll(kept, 0o555);
    await chmod(journal(), 0o444);
    try {
      await asNobody(async () => {
        await expect(store.take(id)).rejects.toMatchObject({ code: 'ROLLOUTS_UNUSABLE', message: `${journal()} cannot be used (EACCES)` });
        await expect(store.create({ ...spec, id: 'other' })).rejects.toMatchObject({
          message: expect.stringMatching(/yet cannot .*EACCES/),
        });
        expect((await store.read(id)).events).toEqual(events);
      });
      await chmodAll(above, 0o700);
      await asNobody(() => expect(store.read(id)).rejects.toMatchObject({ code: 'ROLLOUTS_UNUSABLE' }));
    } finally {
      await chmodAll([...kept, ...above], 0o755);
    }
  });

  it('is not found under a name that is a path', async () => {
    await keep([]);
    for (const name of ['other', '..', `../yet/${id}`, '']) {
      await expect(store.read(name)).rejects.toMatchObject({ code: 'ROLLOUT_NOT_FOUND' });
    }
  });
});

describe('a request', () => {
  it('is handed to whoever drives the rollout, in order, once', async () => {
    const rollout = await store.create(spec);
    const taken: RolloutRequest[] = [];
    const stop = rollout.inbox.watch(async (request) => void taken.push(request));
    expect(await store.request(id, 'paused')).toBe(true);
    expect(await store.request(id, 'promoted')).toBe(true);
    await stop();
    expect(taken).toEqual(['paused', 'promoted']);
    await rollout.close();
  });

  it('is withdrawn where nobody does, or whoever did is gone', async () => {
    const rollout = await store.create(spec);
    const request = store.request(id, 'aborted');
    await rollout.close();
    expect(await request).toBe(false);
    expect(await store.request(id, 'aborted')).toBe(false);
    const next = await store.take(id);
    const taken: RolloutRequest[] = [];
    const stop = next.inbox.watch(async (each) => void taken.push(each));
    await stop();
    expect(taken).toEqual([]);
    await next.close();
  });
});
