import type { Command } from 'commander';
import { type Document, isMap, isSeq, Document as YamlText } from 'yaml';
import { desiredStateSchema } from '../../fleet/desired-state-schema.js';
import type { Host } from '../../fleet/host.js';
import { type ImportedRoutes, importRoutes } from '../../fleet/inventory-import.js';
import { onHost } from '../../fleet/on-host.js';
import type { AgentInfo } from '../../model/agent-info.js';
import { type CommandContext, prepareRun } from '../command-context.js';
import { exitCodes } from '../exit-code.js';
import { addRouteFilterOptions, type RouteFilterOptions, routeFilterOf } from '../options/route-filter-options.js';
import { renderFailure } from '../render/failure.js';
import { printable } from '../render/printable.js';
import type { OutputFormat } from '../render/render.js';
import { reportOutcome } from '../report.js';
import { UsageError } from '../usage-error.js';
import { examples } from './help.js';
import { refuseExisting, writeNewFile } from './inventory-file.js';

interface ImportOptions extends RouteFilterOptions {
  readonly asOwner?: string;
  readonly out?: string;
  readonly force?: boolean;
}

/** `routefleet inventory import` */
export function addInventoryImport(inventory: Command, context: CommandContext): void {
  const command = inventory
    .command('import')
    .summary('write the routes of a host as a desired state')
    .description(
      'Writes the routes that an owner has on one host, or those that the options choose, as a desired state for "plan" and "apply". Rows of the system, of DHCP and of other owners are left out, which is told. Foreign rows are taken over when the file is applied; until then nothing changes.',
    );
  addRouteFilterOptions(command)
    .option('--as-owner <owner>', 'owner in the file (default: that of --owner)')
    .option('--out <file>', 'write to this file, which must not be there yet, instead of standard output')
    .option('--force', 'with --out: replace the file')
    .addHelpText(
      'after',
      examples(
        'routefleet inventory import --host web1 --owner team-net --out routes.yaml',
        'routefleet inventory import --host web1 --protocol netMgmt --family 4 --as-owner team-net',
      ),
    )
    .action((options: ImportOptions, self: Command) => importFrom(context, self, options));
}

async function importFrom({ io, finish }: CommandContext, command: Command, options: ImportOptions): Promise<void> {
  const { out, force = false } = options;
  const owner = ownerOf(options);
  const filter = routeFilterOf(options);
  const run = await prepareRun(command, io, { writes: false });
  const { hosts, connector, output, errorColor } = run;
  const [host] = hosts;
  if (host === undefined || hosts.length > 1) {
    throw new UsageError(
      `a desired state is imported from one host, and ${hosts.length} are chosen: ${namesOf(hosts)}`,
      'choose one with --host or --address',
    );
  }
  checkFormat(output);
  if (out !== undefined && !force) refuseExisting(out);

  const result = await onHost(
    host,
    connector,
    async (client, _host, signal) => ({
      agent: await client.getAgent({ signal }),
      routes: await client.listRoutes(filter, { signal }).toArray(),
    }),
    io.signal,
  );
  if (!result.ok) return finish(reportOutcome([result], [], run, io));
  const { agent, routes } = result.value;
  const imported = importRoutes(routes, owner);
  const count = imported.file.routes?.length ?? 0;
  io.stderr.write(notesOn(imported, agent));
  if (count === 0) {
    const failure = {
      message: `${host.name} has no route to import`,
      remedy: 'choose other rows; "routefleet routes list" takes the same options',
    };
    io.stderr.write(renderFailure('error', failure, errorColor));
    return finish(exitCodes.failed);
  }
  const text = format(imported, host, output);
  if (out === undefined) io.stdout.write(text);
  else {
    await writeNewFile(out, text, { force });
    io.stderr.write(`${countText(count)} of ${printable(host.name)} written to ${printable(out)}\n`);
  }
}

/** @throws UsageError */
function ownerOf({ owner, asOwner = owner }: ImportOptions): string {
  if (asOwner === undefined) {
    throw new UsageError(
      'a desired state has an owner, and none is given',
      'give --owner for the rows of an owner, or --as-owner to take rows over',
    );
  }
  if (desiredStateSchema.safeParse({ owner: asOwner, routes: [] }).success) return asOwner;
  throw new UsageError(`"${asOwner}" is not an owner`, 'give 1 to 64 characters out of letters, digits and "_.:/@+-"');
}

/** @throws UsageError for forms in which a desired state cannot be read again */
function checkFormat(output: OutputFormat): void {
  if (output === 'csv' || output === 'ndjson') {
    throw new UsageError(`"-o ${output}" has no form for a desired state`, 'give -o yaml (default) or -o json');
  }
}

function format({ file }: ImportedRoutes, { name, address }: Host, output: OutputFormat): string {
  if (output === 'json') return `${JSON.stringify(file, null, 2)}\n`;
  const document: Document = new YamlText(file);
  document.commentBefore = ` imported from ${printable(name)}${name === address ? '' : ` (${address})`}`;
  const routes = document.get('routes');
  // One line for each route.
  if (isSeq(routes)) for (const item of routes.items) if (isMap(item)) item.flow = true;
  return document.toString({ lineWidth: 0 });
}

/** What is not in the file, or may not last. */
function notesOn({ file: { owner }, leftOut }: ImportedRoutes, { drift, pendingCommit }: AgentInfo): string {
  const missing = drift.filter((row) => row.owner === owner && row.observed === undefined).length;
  const notes = [...leftOut].map(([reason, count]) => `left out: ${countText(count)} ${printable(reason)}`);
  if (missing > 0)
    notes.push(
      `not in the file: ${countText(missing)} of ${owner} that the host should have and does not ("routefleet agent info -o yaml")`,
    );
  if (pendingCommit !== undefined) notes.push(`commit ${printable(pendingCommit.id)} is pending: what it did may be undone`);
  return notes.map((note) => `${note}\n`).join('');
}

function countText(count: number): string {
  return `${count} ${count === 1 ? 'route' : 'routes'}`;
}

function namesOf(hosts: readonly Host[], max = 5): string {
  const names = hosts.slice(0, max).map(({ name }) => name);
  return hosts.length > max ? `${names.join(', ')} and ${hosts.length - max} more` : names.join(', ');
}
