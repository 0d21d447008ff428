import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openRotatingFile } from '../../../agent/host/rotating-file.js';
import { createTemporaryDirectory } from '../../support/temporary.js';

let directory: string;
beforeEach(async () => {
  directory = await createTemporaryDirectory('rotating');
});
afterEach(() => rm(directory, { recursive: true }));

const open = (maxBytes: number, keep: number) => openRotatingFile({ path: join(directory, 'logs/agent.log'), maxBytes, keep });
const content = (name: string): string => readFileSync(join(directory, 'logs', name), 'utf8');

it('goes on where the file ended, and begins a new one when it is full', () => {
  const first = open(10, 2);
  first.write('one\n');
  first.close();
  const second = open(10, 2);
  for (const line of ['two\n', 'three\n', 'four\n']) second.write(line);
  second.close();
  expect(content('agent.1.log')).toBe('one\ntwo\nthree\n');
  expect(content('agent.log')).toBe('four\n');
});

it('keeps as many earlier files as agreed, the youngest first', () => {
  const log = open(1, 2);
  for (const line of ['a\n', 'b\n', 'c\n', 'd\n', 'e\n']) log.write(line);
  log.close();
  expect(readdirSync(join(directory, 'logs')).sort()).toEqual(['agent.1.log', 'agent.2.log', 'agent.log']);
  expect(['agent.2.log', 'agent.1.log', 'agent.log'].map(content)).toEqual(['c\n', 'd\n', 'e\n']);
});

it('has every line in the file when write returns', () => {
  const log = open(1000, 1);
  log.write('last words\n');
  expect(content('agent.log')).toBe('last words\n');
  log.close();
});

it('writes on in the same file while it cannot be renamed, and tries again later', () => {
  // A directory in the way, as on Windows a file that somebody reads without letting go of its name.
  const blocker = join(directory, 'logs/agent.1.log');
  const log = open(4, 1);
  mkdirSync(blocker, { recursive: true });
  writeFileSync(join(blocker, 'x'), '');
  for (const line of ['aaaa\n', 'bbbb\n', 'cccc\n']) log.write(line);
  expect(content('agent.log')).toContain('bbbb\n');
  rmSync(blocker, { recursive: true });
  log.write('dddd\n');
  log.close();
  expect(content('agent.1.log')).toBe('aaaa\nbbbb\ncccc\n');
  expect(content('agent.log')).toBe('dddd\n');
});

it('loses lines rather than throw, and goes on when it can', () => {
  const log = open(1, 1);
  log.write('a\n');
  rmSync(join(directory, 'logs'), { recursive: true });
  expect(() => log.write('lost\n')).not.toThrow();
  mkdirSync(join(directory, 'logs'));
  log.write('b\n');
  log.close();
  expect(content('agent.log')).toBe('b\n');
});

it('cannot be opened where there is no room for it: the agent then says so', () => {
  writeFileSync(join(directory, 'logs'), 'a file');
  expect(() => open(1, 1)).toThrow();
  expect(existsSync(join(directory, 'logs/agent.log'))).toBe(false);
});
