import type { Command } from 'commander';
import type { RouteError } from '../../errors/route-error.js';
import { forEachHost } from '../../fleet/for-each-host.js';
import type { Host } from '../../fleet/host.js';
import { checkHosts, type Finding, findSameAgents, type HostCheck } from '../../fleet/inventory-check.js';
import type { HostResult } from '../../fleet/on-host.js';
import type { AgentInfo } from '../../model/agent-info.js';
import { type CommandContext, type FleetRun, prepareInventoryRun } from '../command-context.js';
import { exitCodeOf, exitCodes } from '../exit-code.js';
import type { CliIo } from '../io.js';
import type { GlobalOptions } from '../options/global-options.js';
import { parseInteger } from '../options/values.js';
import { type Failure, renderFailure } from '../render/failure.js';
import { createRenderer } from '../render/render.js';
import type { Column, View } from '../render/view.js';
import { examples } from './help.js';
import { inventoryHelp } from './inventory-help.js';

interface CheckOptions {
  readonly connect?: boolean;
  readonly expiresWithin: string;
}

/** A host as the check shows it. */
interface CheckRow {
  readonly address: string;
  readonly validUntil?: Date | undefined;
  /** As the host calls itself; only of an agent that answered. */
  readonly hostName?: string | undefined;
  readonly agentVersion?: string | undefined;
  readonly findings: readonly Failure[];
}

type Answers = ReadonlyMap<Host, HostResult<AgentInfo>>;

/** `routefleet inventory check` */
export function addInventoryCheck(inventory: Command, { io, finish }: CommandContext): void {
  inventory
    .command('check')
    .summary('check the inventory and its TLS files')
    .description(
      'Checks the inventory, and of every chosen host that the TLS files can be read, belong together and do not expire soon. Exits with 1 when something is found, and with 64 when the inventory itself breaks a rule. Connects to no host, unless --connect is given.',
    )
    .option('--expires-within <days>', 'find certificates that expire within so many days', '30')
    .option('--connect', 'also ask every agent who it is')
    .addHelpText(
      'after',
      examples('routefleet inventory check --inventory fleet.yaml', 'routefleet inventory check -l site=ams --connect') + inventoryHelp,
    )
    .action(async ({ connect = false, expiresWithin }: CheckOptions, self: Command) => {
      const expiresWithinDays = parseInteger(expiresWithin, '--expires-within', 0, 36_500);
      const { insecure = false } = self.optsWithGlobals<GlobalOptions>();
      const run = await prepareInventoryRun(self, io);
      const checks = await checkHosts(run.hosts, { insecure, expiresWithinDays, now: new Date() });
      const answers: Answers = connect ? await askAgents(checks, run, io) : new Map();
      const same = findSameAgents(new Map([...answers].flatMap(([host, result]) => (result.ok ? [[host, result.value]] : []))));
      const rows = checks.map((check) => ({ host: check.host, row: rowOf(check, answers.get(check.host), same.get(check.host)) }));

      const renderer = createRenderer(run.output, viewOf(connect), { hostColumn: true, color: run.color });
      io.stdout.write(renderer.add(rows.map(({ host, row }) => ({ host: host.name, row }))) + renderer.end());
      io.stderr.write(renderFindings(rows, run.errorColor));
      const errors = [...answers.values()].flatMap((result) => (result.ok ? [] : [result.error]));
      const code = exitCodeOf({ succeeded: answers.size - errors.length, errors, untouched: 0, interrupted: io.signal.aborted });
      const found = checks.some(({ findings }) => findings.length > 0) || same.size > 0;
      finish(found && code !== exitCodes.interrupted ? exitCodes.failed : code);
    });
}

/** What is wrong with TLS files is told already; the connector would say it again for each host. */
async function askAgents(checks: readonly HostCheck[], { connector, concurrency }: FleetRun, { signal }: CliIo): Promise<Answers> {
  const answers = new Map<Host, HostResult<AgentInfo>>();
  const hosts = checks.filter(({ usable }) => usable).map(({ host }) => host);
  for await (const result of forEachHost(hosts, (client, _host, signal) => client.getAgent({ signal }), {
    connector,
    concurrency,
    signal,
  })) {
    answers.set(result.host, result);
  }
  return answers;
}

function rowOf({ host, validUntil, findings }: HostCheck, answer: HostResult<AgentInfo> | undefined, same: Finding | undefined): CheckRow {
  const failures: Failure[] = answer?.ok === false ? [failureOf(answer.error)] : [];
  return {
    address: host.address,
    validUntil,
    ...(answer?.ok ? { hostName: answer.value.hostName, agentVersion: answer.value.agentVersion } : {}),
    findings: [...findings, ...failures, ...(same === undefined ? [] : [same])],
  };
}

function failureOf({ message, reason, remedy }: RouteError): Failure {
  return { message, reason, remedy };
}

const agentColumns: readonly Column<CheckRow>[] = [
  { header: 'NAME', text: ({ hostName }) => hostName },
  { header: 'AGENT', text: ({ agentVersion }) => agentVersion },
];

function viewOf(connect: boolean): View<CheckRow> {
  return {
    columns: [
      { header: 'ADDRESS', text: ({ address }) => address },
      { header: 'TLS-UNTIL', text: ({ validUntil }) => validUntil?.toISOString().slice(0, 10) },
      ...(connect ? agentColumns : []),
      { header: 'CHECK', text: ({ findings }) => (findings.length === 0 ? 'ok' : `${findings.length} found`) },
    ],
    fields: ['address', 'validUntil', ...(connect ? (['hostName', 'agentVersion'] as const) : []), 'findings'],
  };
}

/** One line for what is the same with many hosts, such as a certificate that all of them use. */
function renderFindings(rows: readonly { readonly host: Host; readonly row: CheckRow }[], color: boolean): string {
  const hostsOf = new Map<string, { readonly finding: Failure; readonly names: string[] }>();
  for (const { host, row } of rows) {
    for (const finding of row.findings) {
      const id = JSON.stringify(finding);
      const entry = hostsOf.get(id) ?? { finding, names: [] };
      entry.names.push(host.name);
      hostsOf.set(id, entry);
    }
  }
  return [...hostsOf.values()].map(({ finding, names }) => renderFailure(subjectOf(names), finding, color)).join('');
}

function subjectOf(names: readonly string[], max = 3): string {
  const rest = names.length - max;
  return rest > 0 ? `${names.slice(0, max).join(', ')} and ${rest} more` : names.join(', ');
}
