import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { writeNewFile } from '../../../client/cli/commands/inventory-file.js';
import { UsageError } from '../../../client/cli/usage-error.js';

const directory = mkdtempSync(join(tmpdir(), 'routefleet-file-'));
afterAll(() => rmSync(directory, { recursive: true }));

it('does not replace a file that came while the host was asked', async () => {
  const path = join(directory, 'routes.yaml');
  writeFileSync(path, 'of somebody else');
  await expect(writeNewFile(path, 'mine', { force: false })).rejects.toThrow(/"\S+routes\.yaml" is already there/);
  expect(readFileSync(path, 'utf8')).toBe('of somebody else');
});

it('leaves nothing behind when a file cannot be replaced', async () => {
  const path = join(directory, 'directory');
  mkdirSync(path);
  const before = readdirSync(directory);
  await expect(writeNewFile(path, 'mine', { force: true })).rejects.toThrow(UsageError);
  expect(readdirSync(directory)).toEqual(before);
});
