import { z } from 'zod';
import type { Comparison } from './net-routes.js';

/** What test/windows/prove.ps1 found, before anybody judges it. */
export interface Findings {
  readonly host: { readonly system: string; readonly build: string; readonly powershell: string; readonly node: string };
  /** Of vitest, with the names of what failed; undefined: it did not come to that. So are the others. */
  readonly contract?:
    | {
        readonly numPassedTests: number;
        readonly numFailedTests: number;
        readonly numPendingTests: number;
        readonly failed: readonly string[];
      }
    | undefined;
  readonly comparison?: Comparison | undefined;
  /** Milliseconds for making so many routes. */
  readonly times?:
    | {
        readonly routes: number;
        readonly agentInOneCommit: number;
        readonly agentOneByOne: number;
        readonly newNetRoute: number;
        readonly netsh: number;
      }
    | undefined;
  /** What went wrong, and what could not be cleaned up. */
  readonly problems: readonly string[];
}

export const findings: z.ZodType<Findings> = z.object({
  host: z.object({ system: z.string(), build: z.string(), powershell: z.string(), node: z.string() }),
  contract: z
    .object({ numPassedTests: z.number(), numFailedTests: z.number(), numPendingTests: z.number(), failed: z.array(z.string()) })
    .optional(),
  comparison: z.object({ rows: z.number(), onlyInAgent: z.array(z.string()), onlyInGetNetRoute: z.array(z.string()) }).optional(),
  times: z
    .object({ routes: z.number(), agentInOneCommit: z.number(), agentOneByOne: z.number(), newNetRoute: z.number(), netsh: z.number() })
    .optional(),
  problems: z.array(z.string()),
});

/** Whether the machine proved what it was to prove. */
export function isProved({ contract, comparison, times, problems }: Findings): boolean {
  if (contract === undefined || comparison === undefined || times === undefined) return false;
  const isSame = comparison.rows > 0 && comparison.onlyInAgent.length + comparison.onlyInGetNetRoute.length === 0;
  return contract.numPassedTests > 0 && contract.numFailedTests === 0 && isSame && problems.length === 0;
}

/** The report for people, in Markdown. */
export function reportText(found: Findings): string {
  const { host, contract, comparison, times, problems } = found;
  return [
    `# ${isProved(found) ? 'Proved' : 'Not proved'} on ${host.system} (${host.build})`,
    `PowerShell ${host.powershell}, Node.js ${host.node}`,
    '## Contract suite on iphlpapi.dll',
    contract === undefined
      ? 'Not run.'
      : `${contract.numPassedTests} passed, ${contract.numFailedTests} failed, ${contract.numPendingTests} skipped.`,
    ...list(contract?.failed ?? []),
    '## The listing, and Get-NetRoute',
    comparison === undefined
      ? 'Not compared.'
      : `${comparison.rows} rows of the agent; only there: ${comparison.onlyInAgent.length}, only in Get-NetRoute: ${comparison.onlyInGetNetRoute.length}.`,
    ...list(comparison?.onlyInAgent.map((line) => `agent: ${line}`) ?? []),
    ...list(comparison?.onlyInGetNetRoute.map((line) => `Get-NetRoute: ${line}`) ?? []),
    '## Times',
    ...(times === undefined ? ['Not measured.'] : timesTable(times)),
    ...(problems.length === 0 ? [] : ['## Problems', ...list(problems)]),
    '',
  ].join('\n\n');
}

function timesTable({ routes, ...ways }: NonNullable<Findings['times']>): [string] {
  const names = {
    agentInOneCommit: 'agent, one ApplyRoutes',
    agentOneByOne: 'agent, CreateRoute one by one',
    newNetRoute: 'New-NetRoute',
    netsh: 'netsh, one process each',
  } as const;
  const rows = (Object.keys(names) as (keyof typeof names)[]).map(
    (way) => `| ${names[way]} | ${ways[way].toFixed(0)} ms | ${(ways[way] / routes).toFixed(2)} ms |`,
  );
  return [[`| ${routes} routes | in all | each |`, '|---|---|---|', ...rows].join('\n')];
}

/** One block, or none. */
function list(lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [lines.map((line) => `- ${line}`).join('\n')];
}
