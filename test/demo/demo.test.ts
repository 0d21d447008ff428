import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

it('tells its story without a terminal, and ends by itself', { timeout: 60_000 }, async () => {
  const run = promisify(execFile)(process.execPath, ['--import', 'tsx', 'test/demo/main.ts']);
  run.child.stdin?.end();
  const { stdout, stderr } = await run;
  expect(stderr).toBe('');
  for (const host of ['office-1', 'db-1', 'branch-1']) {
    expect(stdout).toMatch(new RegExp(`^${host} +0\\.0\\.0\\.0/0 `, 'm'));
    expect(stdout).toMatch(new RegExp(`^${host} +203\\.0\\.113\\.7 +203\\.0\\.113\\.0/24 `, 'm'));
  }
  const [before = '', after = ''] = stdout.split('One change on all hosts');
  expect(before).not.toContain('203.0.113.0/24');
  expect(after).toContain('(CreateIpForwardEntry)');
  expect(stdout).toMatch(/undone .* NOT_CONFIRMED +unattended/);
  const owned = stdout.split('--owner demo')[1] ?? '';
  expect(owned).toContain('198.51.100.0/25');
  expect(stdout).not.toContain('Ctrl-C');
});
