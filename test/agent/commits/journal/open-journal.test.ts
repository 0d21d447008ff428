import { readdir, readFile, writeFile } from 'node:fs/promises';
import type { LogFn } from 'pino';
import { describe, expect, it, type Mock, vi } from 'vitest';
import { formatLine } from '../../../../agent/commits/journal/line.js';
import { schemaVersion } from '../../../../agent/commits/journal/stored-record.js';
import { ConfigError } from '../../../../agent/config-error.js';
import { callsOf, makeFaultyFiles, makeFilesOfKilled } from './faulty-files.js';
import { appendAll, makeFixture } from './fixture.js';
import { begin, plain, story, update } from './fixture-records.js';

const damaged = { reason: 'JOURNAL_DAMAGED', remedy: expect.stringContaining('docs/operations.md') };

function makeLog(): Record<'warn' | 'error', Mock<LogFn>> {
  return { warn: vi.fn<LogFn>(), error: vi.fn<LogFn>() };
}

describe('a journal', () => {
  it('begins empty, and keeps what is appended', async () => {
    const fixture = await makeFixture();
    const journal = await fixture.open();
    expect(plain(journal.state)).toEqual([[], [], []]);
    await appendAll(journal, story);
    await journal.close();
    const log = makeLog();
    const again = await fixture.open({ log });
    expect(log.warn).not.toHaveBeenCalled();
    expect(plain(again.state)).toEqual(plain(journal.state));
    expect([...again.state.commits.keys()]).toEqual(['first', 'second', 'third']);
    expect(await readdir(fixture.directory)).toEqual(['journal']);
  });

  it('is not shortened by an agent that only reads it', async () => {
    const fixture = await makeFixture();
    await appendAll(await fixture.open(), story);
    const before = await fixture.read();
    await (await fixture.open()).check();
    expect(await fixture.read()).toEqual(before);
  });

  it('goes on after a torn tail, which the log tells', async () => {
    const fixture = await makeFixture();
    await appendAll(await fixture.open(), story);
    const whole = await fixture.read();
    await fixture.write(whole.subarray(0, -1));
    const log = makeLog();
    const journal = await fixture.open({ log });
    expect(log.warn).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ path: fixture.path }), expect.stringContaining('cut off'));
    expect(journal.state.commits.get('third')?.state).toBe('applying');
    await journal.append(update('third', 'rolled-back'));
    expect((await fixture.open()).state.commits.get('third')?.state).toBe('rolled-back');
  });

  it('that cannot be read stops the agent', async () => {
    const { open, path } = await makeFixture();
    const opened = open({ files: makeFaultyFiles(({ name }) => (name === 'read' ? { code: 'EACCES' } : undefined)) });
    await expect(opened).rejects.toThrow(ConfigError);
    await expect(opened).rejects.toThrow(`the journal ${path} cannot be read: EACCES`);
  });

  it('that cannot be made refuses records, until it can', async () => {
    const { open } = await makeFixture();
    let full = true;
    const log = makeLog();
    const journal = await open({ log, files: makeFaultyFiles(({ name }) => (full && name === 'write' ? { code: 'ENOSPC' } : undefined)) });
    expect(log.warn).toHaveBeenCalledOnce();
    await expect(journal.append(begin('a'))).rejects.toMatchObject({ reason: 'JOURNAL_UNAVAILABLE' });
    full = false;
    await journal.append(begin('a'));
    expect([...(await open()).state.commits.keys()]).toEqual(['a']);
  });

  it('of an older version is read, and written anew before anything follows that the older version does not know', async () => {
    const fixture = await makeFixture();
    const journal = await fixture.open();
    await appendAll(journal, story);
    const [header = '', ...others] = (await fixture.read()).toString().split('\n');
    expect(header).toContain(`"schema":${schemaVersion}`);
    await fixture.write(Buffer.concat([formatLine('{"type":"header","schema":1}'), Buffer.from(others.join('\n'))]));
    const again = await fixture.open();
    expect(plain(again.state)).toEqual(plain(journal.state));
    expect((await fixture.read()).toString().split('\n', 1)).toEqual([header]);
  });

  it('of a newer version is refused and left as it is', async () => {
    const { open, write, read, path, directory } = await makeFixture();
    const newer = formatLine(`{"type":"header","schema":${schemaVersion + 1}}`);
    await write(newer);
    await writeFile(`${path}.new`, 'of the newer version');
    for (const acceptLoss of [false, true]) await expect(open({ acceptLoss })).rejects.toThrow(ConfigError);
    expect(await read()).toEqual(newer);
    expect(await readdir(directory)).toEqual(['journal', 'journal.new']);
  });
});

describe('a damaged journal', () => {
  const damage = async (): Promise<Awaited<ReturnType<typeof makeFixture>>> => {
    const fixture = await makeFixture();
    await appendAll(await fixture.open(), story);
    const bytes = await fixture.read();
    // The beginning of the second commit: line 5 after header, end of snapshot and the two records of the first.
    const at = bytes.indexOf('"id":"second"');
    bytes[at + 8] = 'X'.charCodeAt(0);
    await fixture.write(bytes);
    return fixture;
  };

  it('says what it could read, takes no records, and is left as it is', async () => {
    const { open, read, path, directory } = await damage();
    const before = await read();
    const log = makeLog();
    const journal = await open({ log });
    expect(journal.damage).toMatchObject({ ...damaged, message: `the journal ${path} is damaged at line 5: its checksum does not match` });
    expect(log.error).toHaveBeenCalledOnce();
    expect([...journal.state.commits.keys()]).toEqual(['first']);
    await expect(journal.append(begin('next'))).rejects.toMatchObject(damaged);
    await expect(journal.check()).rejects.toMatchObject(damaged);
    expect([...journal.state.commits.keys()]).toEqual(['first']);
    expect(await read()).toEqual(before);
    expect(await readdir(directory)).toEqual(['journal']);
  });

  it('is kept aside when its loss is accepted', async () => {
    const { open, read, path } = await damage();
    const before = await read();
    const log = makeLog();
    const journal = await open({ acceptLoss: true, log, now: () => new Date('2026-01-02T03:04:05.678Z') });
    const aside = `${path}.damaged-2026-01-02T03-04-05.678Z`;
    expect(await readFile(aside)).toEqual(before);
    expect(log.error).toHaveBeenCalledExactlyOnceWith({ path, aside, lostLines: [5, 6], closedCommits: [] }, expect.any(String));
    expect(journal.damage).toBeUndefined();
    await journal.append(update('third', 'committed'));
    const again = await open();
    expect([...again.state.commits.keys()]).toEqual(['first', 'third']);
    expect(plain(again.state)).toEqual(plain(journal.state));
  });

  it('stays where it is when it cannot be kept aside', async () => {
    const { open, read } = await damage();
    const before = await read();
    const files = makeFaultyFiles(({ name }) => (name === 'write' ? { code: 'ENOSPC' } : undefined));
    await expect(open({ acceptLoss: true, files })).rejects.toThrow(/cannot be kept as .*ENOSPC/);
    expect(await read()).toEqual(before);
  });

  it('is never taken for an empty one, wherever the agent dies over it', async () => {
    const { open: openOnce } = await damage();
    const calls = await callsOf((files) => openOnce({ acceptLoss: true, files }));
    const renamed = calls.indexOf('rename') + 1;
    expect(renamed).toBeGreaterThan(5);
    for (let call = 1; call <= calls.length; call++) {
      const { open } = await damage();
      await open({ acceptLoss: true, files: makeFilesOfKilled(call, 40) }).catch(() => undefined);
      const { damage: found, state } = await open();
      expect(found?.reason, `killed at call ${call}`).toBe(call <= renamed ? 'JOURNAL_DAMAGED' : undefined);
      expect([...state.commits.keys()]).toEqual(call <= renamed ? ['first'] : ['first', 'third']);
    }
  });

  it('is not made worse by accepting a loss where there is none', async () => {
    const { open, directory } = await makeFixture();
    await appendAll(await open(), story);
    expect((await open({ acceptLoss: true })).state.commits.size).toBe(3);
    expect(await readdir(directory)).toEqual(['journal']);
  });
});
