import { execFile, spawnSync } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { nodeFiles } from '../../../../agent/commits/journal/node-files.js';
import { makeFixture } from './fixture.js';

const run = promisify(execFile);
/** A mount namespace of its own, also for users without rights. */
const unshare = ['--user', '--map-root-user', '--mount'];
const mayMount = spawnSync('unshare', [...unshare, 'mount', '-t', 'tmpfs', 'none', '/mnt']).status === 0;

describe('the files of the host', () => {
  it('answer undefined for what is not there, and remove it all the same', async () => {
    const { path } = await makeFixture();
    expect(await nodeFiles.read(path)).toBeUndefined();
    expect(await nodeFiles.status(path)).toBeUndefined();
    await nodeFiles.remove(path);
    await expect(nodeFiles.open(path)).rejects.toMatchObject({ code: 'ENOENT' });
    await (await nodeFiles.create(path)).close();
    expect(await nodeFiles.status(join(path, 'below a file'))).toBeUndefined();
  });

  it('write where they are told, and tell a file from its successor', async () => {
    const { path, directory } = await makeFixture();
    const file = await nodeFiles.create(path);
    await file.write(Buffer.from('abcdef'), 0);
    await file.truncate(4);
    await file.write(Buffer.from('XY'), 2);
    await file.sync();
    await file.close();
    expect((await nodeFiles.read(path))?.toString()).toBe('abXY');
    const before = await nodeFiles.status(path);
    await (await nodeFiles.create(`${path}.new`)).close();
    await nodeFiles.rename(`${path}.new`, path);
    await nodeFiles.syncDirectory(directory);
    expect(await nodeFiles.status(path)).not.toEqual(before);
    expect(await nodeFiles.read(path)).toHaveLength(0);
  });

  it.skipIf(process.platform === 'win32')('are for the owner alone', async () => {
    const { path } = await makeFixture();
    await (await nodeFiles.create(path)).close();
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it.skipIf(!mayMount)(`on a disk that is full${mayMount ? '' : ' (skipped: no mount namespaces here)'} cost no record`, async () => {
    const { directory } = await makeFixture();
    const script = 'mount -t tmpfs -o size=512k none "$1" && exec "$2" --import tsx test/agent/commits/journal/full-disk.ts "$1"';
    const { stdout } = await run('unshare', [...unshare, 'sh', '-c', script, 'sh', directory, process.execPath]);
    const { acknowledged, ...seen } = JSON.parse(stdout);
    expect(acknowledged).toBeGreaterThan(10);
    const full = 'JOURNAL_UNAVAILABLE ENOSPC';
    expect(seen).toEqual({ refusal: full, check: full, commits: acknowledged + 1, last: 'after' });
  });
});
