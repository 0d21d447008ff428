import { appendFile, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTemporaryDirectory } from '../../support/temporary.js';
import { patienceMs } from '../commits/fixture.js';
import {
  callOf,
  currentOf,
  entriesOf,
  makeFaultyAuditFiles,
  makeSmallDisk,
  openLog,
  rewriteCurrent,
  verifyWritten,
  writeCalls,
} from './fixture.js';

let directory: string;
beforeEach(async () => {
  directory = await createTemporaryDirectory('audit');
});
afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

/** Types of all entries, runs of calls as a number. */
async function shape(): Promise<(string | number)[]> {
  const shaped: (string | number)[] = [];
  for (const { type } of await entriesOf(directory)) {
    const last = shaped.at(-1);
    if (type !== 'call') shaped.push(String(type));
    else if (typeof last === 'number') shaped[shaped.length - 1] = last + 1;
    else shaped.push(1);
  }
  return shaped;
}

async function reasonOf(write: Promise<void>): Promise<string> {
  return write.then(
    () => 'written',
    ({ reason, facts }) => `${reason} ${facts.code}`,
  );
}

describe('the audit log', () => {
  it('leaves nothing on the disk before its first entry', async () => {
    const log = openLog(directory);
    await log.check();
    await log.close();
    expect(await readdir(directory)).toEqual([]);
  });

  it('is for the owner alone, and holds lines of a fixed form', async () => {
    const log = openLog(directory, { now: () => 0 });
    await log.write(callOf('a'));
    await log.close();
    const modes = await Promise.all(
      ['audit', 'audit/audit.jsonl', 'audit/head.json', 'audit-key.pem'].map(
        async (name) => (await stat(join(directory, name))).mode & 0o777,
      ),
    );
    if (process.platform !== 'win32') expect(modes).toEqual([0o700, 0o600, 0o600, 0o600]);
    const [, line = ''] = String(await readFile(currentOf(directory))).split('\n');
    expect(line).toMatch(
      /^\{"seq":2,"time":"1970-01-01T00:00:00\.000Z","type":"call","rpc":"ApplyRoutes","identity":"urn:test:jane","peer":"192\.0\.2\.7:50123","outcome":"OK","commit":"a","previous":"[0-9a-f]{64}","hash":"[0-9a-f]{64}"\}$/,
    );
  });

  it('signs after 100 entries and at its end', async () => {
    const log = openLog(directory);
    await writeCalls(log, 1, 250);
    await log.close();
    expect(await shape()).toEqual(['file', 99, 'head', 100, 'head', 51, 'head']);
  });

  it('signs after a minute', async () => {
    const log = openLog(directory, { headIntervalMs: 1 });
    await log.write(callOf('a'));
    await expect.poll(shape).toEqual(['file', 1, 'head']);
    await log.close();
    expect(await shape()).toEqual(['file', 1, 'head']);
  });

  it('begins another file when one is long, and keeps the last', async () => {
    const log = openLog(directory, { maxBytes: 3000, keepFiles: 3 });
    await writeCalls(log, 1, 60);
    await log.close();
    const names = (await readdir(join(directory, 'audit'))).sort();
    expect(names.filter((name) => name !== 'head.json')).toHaveLength(3);
    expect(names).toContain('audit.jsonl');
    const entries = await entriesOf(directory);
    const { keptFrom } = entries.findLast(({ type }) => type === 'file') as { readonly keptFrom: number };
    expect(keptFrom).toBeGreaterThan(1);
    expect(names).toContain(`audit-${keptFrom}.jsonl`);
    expect(entries[0]).toMatchObject({ seq: keptFrom, type: 'file' });
    expect(await verifyWritten(directory)).not.toHaveProperty('what');
    await rm(join(directory, 'audit', `audit-${keptFrom}.jsonl`));
    expect(await verifyWritten(directory)).toMatchObject({
      what: expect.stringContaining(`entries are kept from ${keptFrom} on: files are missing`),
    });
  });

  it('goes on after a restart, and knows by its files where it was', async () => {
    for (const [from, to] of [
      [1, 3],
      [4, 5],
      [6, 6],
    ] as const) {
      const log = openLog(directory);
      await writeCalls(log, from, to);
      await log.close();
    }
    expect(await shape()).toEqual(['file', 3, 'head', 2, 'head', 1, 'head']);
    expect(await verifyWritten(directory)).not.toHaveProperty('what');
  });

  it('cuts off a line that was never completed, and says so', async () => {
    const log = openLog(directory);
    await writeCalls(log, 1, 3);
    await log.close();
    await appendFile(currentOf(directory), '{"seq":6,"time":"20');
    expect(await verifyWritten(directory)).toMatchObject({ line: 6, what: 'it is cut off' });
    const next = openLog(directory);
    await next.write(callOf('4'));
    await next.close();
    expect(await shape()).toEqual(['file', 3, 'head', 'recovered', 1, 'head']);
    expect((await entriesOf(directory))[5]).toMatchObject({ type: 'recovered', bytesLost: 19 });
    expect(await verifyWritten(directory)).not.toHaveProperty('what');
  });

  it.each([
    [
      'an entry that was changed',
      async () => rewriteCurrent(directory, (text) => text.replace('"commit":"2"', '"commit":"9"')),
      /line 3: it does not match its hash/,
    ],
    [
      'an end that was cut off',
      async () => rewriteCurrent(directory, (text) => `${text.split('\n').slice(0, 3).join('\n')}\n`),
      /its end was cut off/,
    ],
    ['a head that is gone', async () => rm(join(directory, 'audit', 'head.json')), /head\.json: it is missing/],
    ['a key that is gone', async () => rm(join(directory, 'audit-key.pem')), /the key that the log is signed with is gone/],
  ])('writes nothing behind %s, until the log is moved away', async (_what, tamper, message) => {
    const log = openLog(directory);
    await writeCalls(log, 1, 5);
    await log.close();
    await tamper();
    const next = openLog(directory);
    const refused = await next.write(callOf('6'), { durable: true }).catch((error: Error) => error);
    expect(refused).toMatchObject({ reason: 'AUDIT_UNAVAILABLE', message: expect.stringMatching(message), facts: { code: 'DAMAGED' } });
    await rename(join(directory, 'audit'), join(directory, 'evidence'));
    await next.write(callOf('7'), { durable: true });
    await next.close();
    expect(await shape()).toEqual(['file', 'lost', 1, 'head']);
    expect(await verifyWritten(directory)).not.toHaveProperty('what');
  });

  it('finds out while it runs that lines are taken from it', async () => {
    const log = openLog(directory);
    await writeCalls(log, 1, 5);
    await rewriteCurrent(directory, (text) => `${text.split('\n').slice(0, 3).join('\n')}\n`);
    expect(await reasonOf(log.write(callOf('6')))).toBe('AUDIT_UNAVAILABLE DAMAGED');
    await log.close();
  });

  it('goes on counting when its directory is taken away while it runs', async () => {
    const log = openLog(directory);
    await writeCalls(log, 1, 5);
    await rename(join(directory, 'audit'), join(directory, 'away'));
    await log.write(callOf('6'));
    await log.close();
    expect(await entriesOf(directory)).toMatchObject([{ seq: 7, type: 'file', keptFrom: 7 }, { commit: '6' }, { type: 'head' }]);
    expect(await verifyWritten(directory)).not.toHaveProperty('what');
  });

  it('does not make a state directory that is gone', async () => {
    const log = openLog(directory);
    await log.write(callOf('1'));
    await rm(directory, { recursive: true });
    expect(await reasonOf(log.write(callOf('2')))).toBe('AUDIT_UNAVAILABLE ENOENT');
    await log.close();
    await expect(stat(directory)).rejects.toThrow('ENOENT');
  });

  it('on a full disk refuses, counts what it lost, and goes on as soon as there is room', async () => {
    const disk = makeSmallDisk();
    let now = 0;
    const log = openLog(directory, { files: disk.files, now: () => now });
    await writeCalls(log, 1, 2);
    disk.isFull = true;
    expect(await reasonOf(log.write(callOf('3')))).toBe('AUDIT_UNAVAILABLE ENOSPC');
    expect(await reasonOf(log.write(callOf('4'), { durable: true }))).toBe('AUDIT_UNAVAILABLE ENOSPC');
    expect(await reasonOf(log.check())).toBe('AUDIT_UNAVAILABLE ENOSPC');
    disk.isFull = false;
    // A second after the failure: not every entry tries.
    expect(await reasonOf(log.write(callOf('5')))).toBe('AUDIT_UNAVAILABLE ENOSPC');
    now = 1000;
    await log.check();
    await log.write(callOf('6'));
    await log.close();
    const entries = await entriesOf(directory);
    expect(await shape()).toEqual(['file', 2, 'lost', 1, 'head']);
    expect(entries[3]).toMatchObject({ entries: 3, since: '1970-01-01T00:00:00.000Z', cause: 'ENOSPC' });
    expect(await verifyWritten(directory)).not.toHaveProperty('what');
  });

  it(
    'is whole after every single call to the file system failed once',
    async () => {
      const attempt = async (failing: number): Promise<number> => {
        const place = await createTemporaryDirectory('audit');
        let calls = 0;
        const files = makeFaultyAuditFiles(({ number }) => {
          calls = number;
          return number === failing ? { tornBytes: 7 } : undefined;
        });
        const log = openLog(place, { files, maxBytes: 1500, keepFiles: 2, linesPerHead: 3 });
        for (let entry = 1; entry <= 12; entry += 1) await log.write(callOf(String(entry)), { durable: true }).catch(() => {});
        await log.close();
        // What the last call left behind is put right by the next run.
        const next = openLog(place);
        await next.write(callOf('13'));
        await next.close();
        const verified = await verifyWritten(place);
        const commits = (await entriesOf(place)).flatMap(({ commit }) => commit ?? []);
        await rm(place, { recursive: true });
        expect(verified, `call ${failing}`).not.toHaveProperty('what');
        expect(new Set(commits).size, `call ${failing}`).toBe(commits.length);
        expect(commits.at(-1)).toBe('13');
        return calls;
      };
      const calls = await attempt(0);
      expect(calls).toBeGreaterThan(100);
      for (let failing = 1; failing <= calls; failing += 1) await attempt(failing);
    },
    patienceMs,
  );

  it(
    'is whole after the agent died at every single call',
    async () => {
      const die = async (at: number): Promise<boolean> => {
        const place = await createTemporaryDirectory('audit');
        const files = makeFaultyAuditFiles(({ number }) => (number < at ? undefined : { tornBytes: number === at ? 7 : 0 }));
        let known = 0;
        const log = openLog(place, { files, maxBytes: 1500, linesPerHead: 3 });
        for (let entry = 1; entry <= 12; entry += 1) {
          const written = await log.write(callOf(String(entry)), { durable: true }).then(
            () => true,
            () => false,
          );
          if (!written) break;
          known = entry;
        }
        await log.close();
        const next = openLog(place);
        await next.write(callOf('13'));
        await next.close();
        const verified = await verifyWritten(place);
        const commits = (await entriesOf(place)).flatMap(({ commit }) => commit ?? []);
        await rm(place, { recursive: true });
        expect(verified, `call ${at}`).not.toHaveProperty('what');
        // What was acknowledged is there; the entry under way may be.
        expect(commits.slice(0, known), `call ${at}`).toEqual(Array.from({ length: known }, (_, index) => String(index + 1)));
        return known === 12;
      };
      let at = 1;
      while (!(await die(at))) at += 1;
      expect(at).toBeGreaterThan(100);
    },
    patienceMs,
  );
});
