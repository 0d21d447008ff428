import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { unpackNativeModule } from '../../../../agent/host/executable/native-module.js';

const bytes = Buffer.from('a native module');
/** sha256sum */
const fileName = 'koffi-fdf758350af9cbab.node';

let root: string;
let directory: string;
let tests = 0;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'routefleet-native-'));
});
beforeEach(() => {
  directory = join(root, String(tests++), 'native');
});
afterAll(() => rm(root, { recursive: true, force: true }));

const unpack = (content: Uint8Array = bytes): string => unpackNativeModule({ name: 'koffi', bytes: content }, directory);

describe('unpackNativeModule', () => {
  it('writes the module once, by a name with its hash, and leaves nothing else', async () => {
    const path = unpack();
    expect(path).toBe(join(directory, fileName));
    expect(await readFile(path)).toEqual(bytes);
    await chmod(path, 0o400);
    expect(unpack()).toBe(path);
    expect(await readdir(directory)).toEqual([fileName]);
  });

  it('lets versions lie side by side', async () => {
    unpack();
    unpack(Buffer.from('another version'));
    expect(await readdir(directory)).toHaveLength(2);
  });

  it.each([
    ['of other bytes', 'b native module'],
    ['that is empty', ''],
    ['that is longer', 'a native module, and more'],
  ])('refuses a file in its place %s, and does not touch it', async (_name, content) => {
    await mkdir(directory, { recursive: true });
    await writeFile(join(directory, fileName), content);
    expect(unpack).toThrow(
      expect.objectContaining({
        name: 'ConfigError',
        message: expect.stringMatching(
          new RegExp(`${fileName} is not the one that this executable carries: its SHA-256 is [0-9a-f]{64}, not fdf7`),
        ),
        remedy: expect.stringContaining('delete it'),
      }),
    );
    expect(await readFile(join(directory, fileName), 'utf8')).toBe(content);
  });

  it('says where it cannot write', async () => {
    await mkdir(join(directory, '..'), { recursive: true });
    await writeFile(directory, 'a file where the directory has to be');
    expect(unpack).toThrow(
      expect.objectContaining({
        name: 'ConfigError',
        message: expect.stringContaining(fileName),
        remedy: expect.stringContaining('elevated'),
      }),
    );
  });
});
