import { mkdir, readdir, realpath, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ConfigError } from '../../../agent/config-error.js';
import { defaultStateDirectory, prepareStateDirectory } from '../../../agent/host/state-directory.js';
import { createTemporaryDirectory } from '../../support/temporary.js';

let parent: string;
beforeEach(async () => {
  parent = await realpath(await createTemporaryDirectory('state'));
});
afterEach(() => rm(parent, { recursive: true, force: true }));

it('has a default on each system', () => {
  expect(defaultStateDirectory('win32', () => 'D:\\Data\\routefleet')).toBe('D:\\Data\\routefleet');
  expect(defaultStateDirectory('linux')).toBe('/var/lib/routefleet');
});

it.skipIf(process.platform === 'win32')('is made for the owner alone, and nothing is left of the probe', async () => {
  const path = join(parent, 'lib', 'routefleet');
  expect(await prepareStateDirectory(path)).toBe(path);
  expect((await stat(path)).mode & 0o777).toBe(0o700);
  expect(await readdir(path)).toEqual([]);
});

it('is left as it is when it exists, and loses its symbolic links', async () => {
  const path = join(parent, 'routefleet');
  await mkdir(path);
  await writeFile(join(path, 'journal'), 'kept');
  await symlink(path, join(parent, 'link'));
  expect(await prepareStateDirectory(join(parent, 'link'))).toBe(path);
  expect(await readdir(path)).toEqual(['journal']);
});

it.each<[string, (parent: string) => Promise<string>, RegExp]>([
  ['a file', (inside) => writeFile(join(inside, 'file'), '').then(() => join(inside, 'file')), /file is not a directory/],
  [
    'a path through a file',
    (inside) => writeFile(join(inside, 'file'), '').then(() => join(inside, 'file', 'x')),
    /cannot be made: ENOTDIR/,
  ],
])('refuses %s', async (_what, prepare, message) => {
  const path = await prepare(parent);
  const refused = prepareStateDirectory(path);
  await expect(refused).rejects.toThrow(ConfigError);
  await expect(refused).rejects.toThrow(message);
  await expect(refused).rejects.toMatchObject({
    message: expect.stringContaining(path),
    remedy: expect.stringContaining('name another one'),
  });
});

// Everybody may list it, and nobody may write there, root included.
it.skipIf(process.platform !== 'linux')('refuses a directory in which nothing can be written', async () => {
  await expect(prepareStateDirectory('/proc/self/task')).rejects.toThrow(/state directory \/proc\/self\/task cannot be written/);
});
