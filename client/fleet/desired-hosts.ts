import type { RouteSpec } from '../model/route-spec.js';
import { type DesiredRoute, resolveRoute, variablesOf } from './desired-route.js';
import type { DesiredRouteEntry, DesiredSectionEntry } from './desired-state-schema.js';
import { FleetError } from './fleet-error.js';
import type { Host } from './host.js';
import { missingLabels } from './host-variables.js';
import { parseLabelSelector } from './label-selector.js';
import { formatPath } from './schema-problems.js';
import { selectHosts } from './selector.js';
import type { Path, Problem, YamlDocument } from './yaml-document.js';

/** What one host shall have. */
export interface HostRoutes {
  readonly host: Host;
  /** In the order of the file. */
  readonly routes: readonly RouteSpec[];
}

/** What hosts shall have. */
export interface DesiredHosts {
  readonly targets: readonly HostRoutes[];
  /** Hosts that no section fits: nothing is said about them. */
  readonly unmatched: readonly Host[];
}

/** A part of a file: some hosts and their routes. */
export interface DesiredSection {
  /** Empty for a file that is one section, for all hosts. */
  readonly path: Path;
  readonly names: readonly string[];
  readonly labels: readonly string[];
  readonly rows: readonly Row[];
}

/** A route that is the same on every host, or one that each host's labels make. */
type Row = DesiredRoute | { readonly entry: DesiredRouteEntry; readonly path: Path };

/**
 * Checks what can be checked before any host is known.
 *
 * @throws FleetError DESIRED_STATE_INVALID
 */
export function readSection({ labels, hosts, routes }: Partial<DesiredSectionEntry>, path: Path, document: YamlDocument): DesiredSection {
  const section = { path, names: listOf(hosts), labels: listOf(labels) };
  inFile(document, [...path, 'labels'], () => section.labels.forEach(parseLabelSelector));
  const rows = (routes ?? []).map((entry, index): Row => {
    const at = [...path, 'routes', index];
    return variablesOf(entry).length > 0 ? { entry, path: at } : resolveRoute(entry, at, document);
  });
  checkDuplicates(
    rows.filter((row) => 'spec' in row),
    document,
  );
  return { ...section, rows };
}

/** See `DesiredState.forHosts`. */
export function assignRoutes(
  sections: readonly DesiredSection[],
  document: YamlDocument,
  hosts: readonly Host[],
  inventory: readonly Host[],
): DesiredHosts {
  const members = sections.map((section) => membersOf(section, document, inventory));
  const fitting = hosts.map((host) => ({ host, sections: sections.filter((_, index) => members[index]?.has(host.name)) }));
  const matched = fitting.filter((each) => each.sections.length > 0);
  checkLabels(sections, matched, document);
  const shared = new Map<string, readonly RouteSpec[]>();
  return {
    targets: matched.map((each) => ({ host: each.host, routes: routesOf(each, document, shared) })),
    unmatched: fitting.filter((each) => each.sections.length === 0).map(({ host }) => host),
  };
}

interface Fitting {
  readonly host: Host;
  readonly sections: readonly DesiredSection[];
}

function membersOf({ path, names, labels }: DesiredSection, document: YamlDocument, inventory: readonly Host[]): ReadonlySet<string> {
  if (path.length === 0) return new Set(inventory.map(({ name }) => name));
  const at = [...path, names.length > 0 ? 'hosts' : 'labels'];
  return inFile(document, at, () => new Set(selectHosts(inventory, { names, labels }).map(({ name }) => name)));
}

/** Hosts of the same sections share one list unless labels tell them apart: thousands of hosts are not thousands of lists. */
function routesOf({ host, sections }: Fitting, document: YamlDocument, shared: Map<string, readonly RouteSpec[]>): readonly RouteSpec[] {
  const rows = sections.flatMap((section) => section.rows);
  const id = rows.every((row) => 'spec' in row) ? sections.map(({ path }) => formatPath(path)).join(' ') : undefined;
  const known = id === undefined ? undefined : shared.get(id);
  if (known !== undefined) return known;
  const routes = rows.map((row) => ('spec' in row ? row : resolveRoute(row.entry, row.path, document, host)));
  checkDuplicates(routes, document, host);
  const specs = routes.map(({ spec }) => spec);
  if (id !== undefined) shared.set(id, specs);
  return specs;
}

/** Every label that is missing anywhere, with the hosts that lack it. */
function checkLabels(sections: readonly DesiredSection[], matched: readonly Fitting[], document: YamlDocument): void {
  const lacking = new Set<string>();
  const problems = sections.flatMap((section): Problem[] => {
    const hosts = matched.filter((each) => each.sections.includes(section)).map(({ host }) => host);
    return section.rows.flatMap((row) =>
      'spec' in row
        ? []
        : variablesOf(row.entry).flatMap(([key, name]) => {
            const without = hosts.filter(({ labels }) => missingLabels([name], labels).length > 0);
            if (without.length === 0) return [];
            lacking.add(name);
            const path = [...row.path, key];
            return [{ path, message: `"\${${name}}" in ${formatPath(path)}: ${lackText(without)} no label "${name}"` }];
          }),
    );
  });
  if (problems.length === 0) return;
  const names = [...lacking].map((name) => `"${name}"`).join(' and ');
  throw document.error(problems, `give every such host, or one of its groups, the label ${names} in the inventory, or narrow the section`);
}

/** "the host web1 has", "5 hosts (web1, web2, web3 and 2 more) have" */
function lackText(hosts: readonly Host[]): string {
  const names = hosts.map(({ name }) => name);
  if (names.length === 1) return `the host ${names[0]} has`;
  const rest = names.length > 4 ? ` and ${names.length - 3} more` : '';
  return `${names.length} hosts (${names.slice(0, rest === '' ? 4 : 3).join(', ')}${rest}) have`;
}

/** An agent would refuse it as well; here it shows on which lines. */
function checkDuplicates(routes: readonly DesiredRoute[], document: YamlDocument, host?: Host): void {
  const firstOf = new Map<string, DesiredRoute>();
  for (const route of routes) {
    const first = firstOf.get(route.key);
    if (first === undefined) {
      firstOf.set(route.key, route);
      continue;
    }
    const of = host === undefined ? '' : ` (host ${host.name})`;
    const again = {
      path: route.path,
      message: `${formatPath(route.path)} is the same route as ${formatPath(first.path)}${of}: ${route.key}`,
    };
    const sameSection = formatPath(route.path.slice(0, -1)) === formatPath(first.path.slice(0, -1));
    const both = sameSection ? [again] : [again, { path: first.path, message: `${formatPath(first.path)} is the other one` }];
    throw document.error(both, 'give every route once; the metric does not tell two routes apart');
  }
}

/** A selector that cannot be, or takes no host, with the line that it stands on. */
function inFile<T>(document: YamlDocument, path: Path, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof FleetError)) throw error;
    throw document.error([{ path, message: `${error.message} (${formatPath(path)})` }], error.remedy);
  }
}

function listOf(value: string | readonly string[] | undefined): readonly string[] {
  if (value === undefined) return [];
  return typeof value === 'string' ? [value] : value;
}
