import { mkdir, readdir, rename, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { describe, expect, it, vi } from 'vitest';
import type { JournalFiles } from '../../../../agent/commits/journal/files.js';
import type { Journal } from '../../../../agent/commits/journal/journal.js';
import { JournalMemory } from '../../../../agent/commits/journal/memory.js';
import { callsOf, type FileCall, makeFaultyFiles, makeFilesOfKilled } from './faulty-files.js';
import { appendAll, type JournalFixture, makeFixture } from './fixture.js';
import { begin, plain, story, update } from './fixture-records.js';

const unavailable = { name: 'RouteTableError', reason: 'JOURNAL_UNAVAILABLE' };
const codes = ['ENOSPC', 'EDQUOT', 'EIO', 'EROFS', 'EACCES'];

describe('appending', () => {
  it('is one write and one sync for each record, in the order of the calls', async () => {
    const { open } = await makeFixture();
    const calls: string[] = [];
    const journal = await open({ files: makeFaultyFiles(({ name }) => void calls.push(name)) });
    calls.length = 0;
    await Promise.all(story.map((record) => journal.append(record)));
    expect(calls).toEqual(story.flatMap(() => ['status', 'write', 'sync']));
    expect(plain((await open()).state)).toEqual(plain(journal.state));
  });

  it('shows a record when it is on the disk, not before', async () => {
    const { open } = await makeFixture();
    const sizes: (number | undefined)[] = [];
    let journal: Journal | undefined;
    const files = makeFaultyFiles(({ name }) => {
      if (name === 'sync') sizes.push(journal?.state.commits.size);
      return undefined;
    });
    journal = await open({ files });
    await journal.append(begin('a'));
    expect(sizes).toEqual([undefined, 0]);
    expect(journal.state.commits.size).toBe(1);
  });

  it('refuses what contradicts the journal, before it is written', async () => {
    const { open, read } = await makeFixture();
    const journal = await open();
    const before = await read();
    await expect(journal.append(update('ghost', 'committed'))).rejects.toThrow('nothing else is known');
    expect(await read()).toEqual(before);
  });

  it('ends with closing, which waits for what was called before', async () => {
    const { open } = await makeFixture();
    const calls: string[] = [];
    const journal = await open({ files: makeFaultyFiles(({ name }) => void calls.push(name)) });
    const last = journal.append(begin('a'));
    await journal.close();
    expect(calls.slice(-4)).toEqual(['status', 'write', 'sync', 'close']);
    await last;
    await expect(journal.append(begin('b'))).rejects.toThrow('closed');
    expect([...(await open()).state.commits.keys()]).toEqual(['a']);
  });
});

describe('a disk that refuses', () => {
  it.each(codes)('with %s makes the record not count, and takes records again afterwards', async (code) => {
    const { open, read, path } = await makeFixture();
    let full = false;
    const fails = ({ name }: FileCall): boolean => full && (name === 'write' || name === 'create');
    const journal = await open({ files: makeFaultyFiles((call) => (fails(call) ? { code, tornBytes: 30 } : undefined)) });
    await journal.append(begin('a'));
    const before = await read();
    full = true;
    const refused = journal.append(update('a', 'committed'));
    await expect(refused).rejects.toMatchObject({ ...unavailable, facts: { path, code }, message: expect.stringContaining(path) });
    await expect(journal.check()).rejects.toMatchObject(unavailable);
    expect(journal.state.commits.get('a')?.state).toBe('applying');
    expect(await read()).toEqual(before);
    full = false;
    await journal.check();
    const checked = await read();
    await journal.check();
    expect(await read()).toEqual(checked);
    await journal.append(update('a', 'committed'));
    expect((await open()).state.commits.get('a')?.state).toBe('committed');
  });

  it.each(['truncate', 'sync'] as const)('and fails at %s too, has the journal written anew', async (also) => {
    const { open } = await makeFixture();
    let broken = false;
    const fails = ({ name }: FileCall): boolean => broken && (name === 'write' || name === also);
    const journal = await open({ files: makeFaultyFiles((call) => (fails(call) ? { tornBytes: 30 } : undefined)) });
    await journal.append(begin('a'));
    broken = true;
    await expect(journal.append(update('a', 'pending'))).rejects.toMatchObject(unavailable);
    broken = false;
    await journal.append(update('a', 'rolled-back'));
    const { damage, state } = await open();
    expect(damage).toBeUndefined();
    expect(state.commits.get('a')?.state).toBe('rolled-back');
  });

  it('at sync takes the record off again, and has the journal written anew', async () => {
    const { open, read } = await makeFixture();
    let failures = 0;
    const calls: string[] = [];
    const journal = await open({
      files: makeFaultyFiles(({ name }) => {
        calls.push(name);
        return name === 'sync' && failures-- > 0 ? {} : undefined;
      }),
    });
    await journal.append(begin('a'));
    const before = await read();
    failures = 1;
    await expect(journal.append(update('a', 'committed'))).rejects.toMatchObject(unavailable);
    expect(await read()).toEqual(before);
    calls.length = 0;
    await journal.append(update('a', 'committed'));
    expect(calls).toContain('rename');
    expect((await open()).state.commits.get('a')?.state).toBe('committed');
  });
});

describe('a journal that others touch', () => {
  it.each<[string, (path: string) => Promise<void>]>([
    ['removed', (path) => rm(path)],
    ['replaced', (path) => rm(path).then(() => writeFile(path, 'something else'))],
    ['moved away', (path) => rename(path, `${path}.1`)],
    ['replaced by one of the same length', (path) => stat(path).then(({ size }) => rm(path).then(() => writeFile(path, '.'.repeat(size))))],
    ['shortened', (path) => truncate(path, 20)],
    ['lengthened', (path) => writeFile(path, 'noise\n', { flag: 'a' })],
  ])('is written anew when it was %s', async (_what, touch) => {
    const { open, path } = await makeFixture();
    const journal = await open();
    await appendAll(journal, story);
    await touch(path);
    await journal.append(update('third', 'committed'));
    const again = await open();
    expect(again.damage).toBeUndefined();
    expect(plain(again.state)).toEqual(plain(journal.state));
    await touch(path);
    await journal.check();
    expect(plain((await open()).state)).toEqual(plain(journal.state));
  });

  it('is unavailable while its directory is gone, which is not made again', async () => {
    const { open, directory } = await makeFixture();
    const journal = await open();
    await appendAll(journal, story);
    await rm(directory, { recursive: true });
    const gone = { ...unavailable, message: expect.stringContaining('its directory is gone') };
    await expect(journal.append(update('third', 'committed'))).rejects.toMatchObject(gone);
    await expect(journal.check()).rejects.toMatchObject(gone);
    await expect(readdir(directory)).rejects.toThrow('ENOENT');
    await mkdir(directory);
    await journal.append(update('third', 'committed'));
    expect(plain((await open()).state)).toEqual(plain(journal.state));
  });

  it('is unavailable while another disk is at its directory', async () => {
    const { open, path, directory } = await makeFixture();
    const files = makeFaultyFiles(() => undefined);
    let unmounted = false;
    const journal = await open({
      files: {
        ...files,
        // What is beneath a mount point: a directory on another disk, without the file.
        status: async (asked) => {
          const status = await files.status(asked);
          if (!unmounted || status === undefined) return status;
          return asked === path ? undefined : { ...status, device: status.device + 1n };
        },
      },
    });
    unmounted = true;
    await expect(journal.append(begin('a'))).rejects.toMatchObject({ ...unavailable, message: expect.stringContaining('another disk') });
    expect(await readdir(directory)).toEqual(['journal']);
    unmounted = false;
    await journal.append(begin('a'));
  });
});

describe('compaction', () => {
  const grow = story.slice(4).concat(Array.from({ length: 200 }, () => update('third', 'pending')));

  it('follows growth, and changes nothing of what the journal says', async () => {
    const { open, read, directory } = await makeFixture();
    const journal = await open({ compactAboveBytes: 3000 });
    await appendAll(journal, story.slice(0, 4));
    const sizes: number[] = [];
    for (const record of grow) {
      await journal.append(record);
      await journal.check();
      sizes.push((await read()).length);
    }
    expect(sizes.some((size, index) => size < (sizes[index - 1] ?? 0))).toBe(true);
    expect(plain((await open()).state)).toEqual(plain(journal.state));
    expect(await readdir(directory)).toEqual(['journal']);
  });

  it('is not tried again with each record where it does not help', async () => {
    const { open } = await makeFixture();
    const calls: string[] = [];
    const journal = await open({ compactAboveBytes: 1, files: makeFaultyFiles(({ name }) => void calls.push(name)) });
    await appendAll(
      journal,
      Array.from({ length: 64 }, (_, index) => begin(String(index))),
    );
    await journal.check();
    const renames = calls.filter((name) => name === 'rename').length;
    expect(renames).toBeGreaterThan(2);
    expect(renames).toBeLessThan(10);
  });

  it('that fails leaves the journal as it was, and the log tells', async () => {
    const { open, read, directory } = await makeFixture();
    const log = { warn: vi.fn(), error: vi.fn() };
    let created = 0;
    const files = makeFaultyFiles(({ name }) => (name === 'create' && created++ > 0 ? { code: 'ENOSPC' } : undefined));
    const journal = await open({ compactAboveBytes: 2000, log, files });
    await appendAll(journal, story);
    await journal.check();
    expect(log.warn).toHaveBeenCalledOnce();
    expect(await readdir(directory)).toEqual(['journal']);
    expect((await read()).length).toBeGreaterThan(2000);
    expect(plain((await open()).state)).toEqual(plain(journal.state));
  });

  it('happens on opening a journal that is too long', async () => {
    const { open, read } = await makeFixture();
    const journal = await open();
    await appendAll(journal, [...story, ...grow.slice(2)]);
    const { length } = await read();
    const again = await open({ compactAboveBytes: 3000 });
    expect((await read()).length).toBeLessThan(length);
    expect(plain(again.state)).toEqual(plain(journal.state));
  });

  it('loses nothing, wherever the agent dies in its life', async () => {
    const records = [...story, ...Array.from({ length: 30 }, () => update('third', 'pending')), update('third', 'committed')];
    const memory = new JournalMemory();
    const states = [plain(memory)];
    for (const record of records) {
      memory.apply(record);
      states.push(plain(memory));
    }
    /** Opens twice: once to begin, once to go on. Returns how many records count. */
    const live = async ({ open }: JournalFixture, files: JournalFiles): Promise<number> => {
      let acknowledged = 0;
      try {
        const first = await open({ files });
        const journal = await open({ files, compactAboveBytes: 2500 });
        await first.close();
        for (const record of records) {
          await journal.append(record);
          acknowledged++;
        }
        await journal.close();
      } catch {
        // Killed.
      }
      return acknowledged;
    };
    const calls = await callsOf(async (files) => expect(await live(await makeFixture(), files)).toBe(records.length));
    // Once to begin, then to compact.
    expect(calls.filter((name) => name === 'rename').length).toBe(2);
    for (let call = 1; call <= calls.length; call++) {
      const fixture = await makeFixture();
      const acknowledged = await live(fixture, makeFilesOfKilled(call, (call * 7) % 90));
      const { damage, state } = await fixture.open();
      expect(damage, `killed at call ${call}`).toBeUndefined();
      // What was written, and not acknowledged, may count after the end of the process.
      expect([states[acknowledged], states[acknowledged + 1]], `killed at call ${call}`).toContainEqual(plain(state));
      expect(await readdir(fixture.directory)).toEqual(['journal']);
    }
  });
});
