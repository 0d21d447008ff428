import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeReport } from './write-report.js';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'routefleet-report-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

/** Files as test/windows/prove.ps1 writes them; made by hand. */
const files = {
  'host.json': { system: 'Microsoft Windows Server 2022 Datacenter', build: '10.0.20348', powershell: '5.1.20348.1', node: 'v22.23.3' },
  'problems.json': [],
  'contract.json': {
    numPassedTests: 150,
    numFailedTests: 0,
    numPendingTests: 4,
    testResults: [{ assertionResults: [{ status: 'passed', fullName: 'iphlpapi.dll, classic: reading lists' }] }],
  },
  'comparison.json': { rows: 31, onlyInAgent: [], onlyInGetNetRoute: [] },
  'agent-times.json': { agentInOneCommit: 60, agentOneByOne: 900.4 },
  'times.json': { routes: 100, newNetRoute: 1500, netsh: 4200 },
};

async function report(changed: Partial<Record<keyof typeof files, unknown>> = {}) {
  for (const [name, content] of Object.entries({ ...files, ...changed })) {
    if (content !== undefined) await writeFile(join(directory, name), `\uFEFF${JSON.stringify(content)}\r\n`);
  }
  return writeReport(directory);
}

describe('writeReport', () => {
  it('says that it is proved, with all figures', async () => {
    const { text, isProved } = await report();
    expect(isProved).toBe(true);
    expect(text).toMatch(/^# Proved on Microsoft Windows Server 2022 Datacenter \(10\.0\.20348\)\n/);
    expect(text).toContain('150 passed, 0 failed, 4 skipped.');
    expect(text).toContain('31 rows of the agent; only there: 0, only in Get-NetRoute: 0.');
    expect(text).toContain('| agent, CreateRoute one by one | 900 ms | 9.00 ms |');
    expect(text).toContain('| netsh, one process each | 4200 ms | 42.00 ms |');
    expect(await readFile(join(directory, 'report.md'), 'utf8')).toBe(text);
    expect(JSON.parse(await readFile(join(directory, 'report.json'), 'utf8'))).toMatchObject({ isProved: true, times: { netsh: 4200 } });
  });

  const failing = { assertionResults: [{ status: 'failed', fullName: 'iphlpapi.dll, netio: reading filters on the server' }] };
  it.each([
    [
      'a failed test',
      { 'contract.json': { ...files['contract.json'], numFailedTests: 1, testResults: [failing] } },
      '- iphlpapi.dll, netio: reading filters',
    ],
    ['no test that passed', { 'contract.json': { ...files['contract.json'], numPassedTests: 0 } }, '0 passed'],
    ['no contract suite', { 'contract.json': undefined }, 'Not run.'],
    ['a row of the agent alone', { 'comparison.json': { rows: 1, onlyInAgent: ['a row'], onlyInGetNetRoute: [] } }, '- agent: a row'],
    [
      'a row of Get-NetRoute alone',
      { 'comparison.json': { rows: 1, onlyInAgent: [], onlyInGetNetRoute: ['a row'] } },
      '- Get-NetRoute: a row',
    ],
    ['an empty table', { 'comparison.json': { rows: 0, onlyInAgent: [], onlyInGetNetRoute: [] } }, '0 rows'],
    ['no comparison', { 'comparison.json': undefined }, 'Not compared.'],
    ['half of the times', { 'times.json': undefined }, 'Not measured.'],
    ['a problem', { 'problems.json': ['removing the adapter failed'] }, '- removing the adapter failed'],
  ] as const)('says that it is not proved with %s', async (_what, changed, line) => {
    const { text, isProved } = await report(changed);
    expect(isProved).toBe(false);
    expect(text).toMatch(/^# Not proved on /);
    expect(text).toContain(line);
  });
});
