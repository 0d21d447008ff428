import { parseAddress, unspecifiedAddress } from '../../proto/address.js';
import { InvalidValueError } from '../../proto/invalid-value.js';
import { parsePrefix } from '../../proto/prefix.js';
import { encodeInterfaceSelector } from '../codec/interface-selector.js';
import { encodeRouteSpec } from '../codec/route-spec.js';
import type { DriftPolicy } from '../model/change.js';
import type { InterfaceSelector, RouteSpec } from '../model/route-spec.js';
import { type DesiredRouteEntry, desiredStateSchema } from './desired-state-schema.js';
import { formatPath, problemsOf } from './schema-problems.js';
import { type FileKind, loadDocument, type Path, type YamlDocument } from './yaml-document.js';

const kind: FileKind = { noun: 'desired state', unreadable: 'DESIRED_STATE_UNREADABLE', invalid: 'DESIRED_STATE_INVALID' };

/** Every route that one owner shall have. */
export interface DesiredState {
  readonly owner: string;
  /** Undefined: as before; "enforce" for a new owner. */
  readonly driftPolicy?: DriftPolicy | undefined;
  /** In the order of the file. */
  readonly routes: readonly RouteSpec[];
}

/**
 * Reads a desired-state file. Routes are persistent unless it says otherwise: a state that is declared shall also hold after a reboot.
 *
 * @example
 * owner: team-net
 * driftPolicy: enforce
 * routes:
 *   - { prefix: 10.9.0.0/16, nextHop: 10.20.0.254, interface: Ethernet, metric: 5 }
 *   - { prefix: "2001:db8::/32", nextHop: "fe80::1", interface: { index: 12 }, persistent: false }
 * @throws FleetError DESIRED_STATE_UNREADABLE or DESIRED_STATE_INVALID
 */
export async function loadDesiredState(file: string): Promise<DesiredState> {
  const document = await loadDocument(file, kind);
  const content = document.content ?? {};
  const parsed = desiredStateSchema.safeParse(content);
  if (!parsed.success) {
    throw document.error(
      problemsOf(parsed.error, content),
      'a desired state has owner, driftPolicy and routes, and a route has prefix, nextHop, interface, metric and persistent',
    );
  }
  const { owner, driftPolicy } = parsed.data;
  const routes = parsed.data.routes.map((entry, index) => resolveRoute(entry, index, document));
  checkDuplicates(routes, document);
  return { owner, driftPolicy, routes };
}

function resolveRoute(entry: DesiredRouteEntry, index: number, document: YamlDocument): RouteSpec {
  const { prefix, nextHop, interface: named, metric, persistent = true } = entry;
  const spec: RouteSpec = { destinationPrefix: prefix, nextHop, interface: selectorOf(named), metric, persistent };

  function check(key: keyof DesiredRouteEntry, read: () => unknown): void {
    const path: Path = ['routes', index, key];
    try {
      read();
    } catch (error) {
      if (!(error instanceof InvalidValueError)) throw error;
      throw document.error([{ path, message: `${error.message} (${formatPath(path)})` }], error.remedy);
    }
  }

  check('prefix', () => parsePrefix(prefix));
  check('nextHop', () => nextHop === undefined || parseAddress(nextHop));
  check('interface', () => encodeInterfaceSelector(spec.interface));
  // What is left to be wrong: prefix and next hop of two families.
  check('nextHop', () => encodeRouteSpec(spec));
  return spec;
}

function selectorOf(named: DesiredRouteEntry['interface']): InterfaceSelector | undefined {
  if (named === undefined) return undefined;
  if (typeof named === 'string') return { alias: named };
  return 'luid' in named ? { luid: BigInt(named.luid) } : named;
}

/** An agent would refuse it as well; here it shows on which lines. */
function checkDuplicates(routes: readonly RouteSpec[], document: YamlDocument): void {
  const firstAt = new Map<string, number>();
  for (const [index, route] of routes.entries()) {
    const key = keyOf(route);
    const first = firstAt.get(key);
    if (first === undefined) {
      firstAt.set(key, index);
      continue;
    }
    const path: Path = ['routes', index];
    const message = `${formatPath(path)} is the same route as ${formatPath(['routes', first])}: ${key}`;
    throw document.error([{ path, message }], 'give every route once; the metric does not tell two routes apart');
  }
}

/** Prefix, next hop and interface, each in one way of writing. */
function keyOf(route: RouteSpec): string {
  const { destinationPrefix, nextHop, interface: selector } = encodeRouteSpec(route);
  const hop = nextHop === unspecifiedAddress[4] || nextHop === unspecifiedAddress[6] ? '' : nextHop;
  const via = hop === '' ? 'on-link' : `via ${hop}`;
  const { $case: kindOfName, value } = selector?.selector ?? {};
  const name = String(value ?? '')
    .toLowerCase()
    .replace(/^\{(.*)\}$/, '$1');
  return `${destinationPrefix} ${via}${kindOfName === undefined ? '' : ` on ${kindOfName} ${name}`}`;
}
