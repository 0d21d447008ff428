import { rm, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runAudit } from '../../../agent/audit/audit-command.js';
import { createTemporaryDirectory } from '../../support/temporary.js';
import { callOf, currentOf, openLog, rewriteCurrent, writeCalls } from './fixture.js';

let directory: string;
beforeEach(async () => {
  directory = await createTemporaryDirectory('audit');
});
afterEach(() => rm(directory, { recursive: true, force: true }));

describe('audit verify', () => {
  it('says what the log holds, also while it is written', async () => {
    const log = openLog(directory, { now: () => 0 });
    await writeCalls(log, 1, 120);
    expect(await runAudit(['verify', '--state-dir', directory])).toEqual({
      whole: true,
      text:
        'entries: 122, 1 to 122, in 1 file\ntime: 1970-01-01T00:00:00.000Z to 1970-01-01T00:00:00.000Z\n' +
        'signed heads: 1, the last at entry 101; entries after it: 21\nOK\n',
    });
    await log.close();
  });

  it('names the first place that is wrong', async () => {
    const log = openLog(directory);
    await writeCalls(log, 1, 5);
    await log.close();
    await rewriteCurrent(directory, (text) => text.replace('"commit":"2"', '"commit":"9"'));
    const found = { whole: false, text: `WRONG: ${currentOf(directory)}, line 3: it does not match its hash\n` };
    expect(await runAudit(['verify', '--state-dir', directory])).toEqual(found);
    const key = join(directory, 'audit-public.pem');
    expect(await runAudit(['verify', currentOf(directory), '--public-key', key])).toEqual(found);
  });

  it('takes files from elsewhere with the key of their host', async () => {
    const log = openLog(directory);
    await writeCalls(log, 1, 5);
    await log.close();
    await truncate(currentOf(directory), (await stat(currentOf(directory))).size - 400);
    const key = join(directory, 'audit-public.pem');
    expect(await runAudit(['verify', currentOf(directory), '--public-key', key])).toMatchObject({ whole: false });
    await expect(runAudit(['verify', currentOf(directory)])).rejects.toThrow('files need --public-key');
    await expect(runAudit(['verify', '/no/file', '--public-key', key])).rejects.toThrow('the audit log cannot be read: ENOENT');
    await expect(runAudit(['verify', '--state-dir', '/no/directory'])).rejects.toThrow('--public-key: ENOENT');
  });

  it('takes a log that is gone for a wrong one', async () => {
    const log = openLog(directory);
    await log.write(callOf('1'));
    await log.close();
    await rm(join(directory, 'audit'), { recursive: true });
    expect(await runAudit(['verify', '--state-dir', directory])).toEqual({ whole: false, text: 'WRONG: the log: it has no entries\n' });
  });
});
