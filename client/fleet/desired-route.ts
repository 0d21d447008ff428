import { parseAddress, unspecifiedAddress } from '../../proto/address.js';
import { InvalidValueError } from '../../proto/invalid-value.js';
import { parsePrefix } from '../../proto/prefix.js';
import { encodeInterfaceSelector } from '../codec/interface-selector.js';
import { checkMetric } from '../codec/numbers.js';
import { encodeRouteSpec } from '../codec/route-spec.js';
import type { InterfaceSelector, RouteSpec } from '../model/route-spec.js';
import type { DesiredRouteEntry } from './desired-state-schema.js';
import type { Host } from './host.js';
import { fillVariables, variablesIn } from './host-variables.js';
import { formatPath } from './schema-problems.js';
import type { Path, YamlDocument } from './yaml-document.js';

/** A row of a file, made a row of a host. */
export interface DesiredRoute {
  readonly spec: RouteSpec;
  /** Prefix, next hop and interface, each in one way of writing; equal for the same row. */
  readonly key: string;
  /** Where in the file it stands. */
  readonly path: Path;
}

type Fill = (text: string) => string;

/**
 * Reads one row, with the labels of the host put in.
 *
 * @param host - absent for a row without variables, which is the same on every host
 * @throws FleetError DESIRED_STATE_INVALID, with line, value and host
 */
export function resolveRoute(entry: DesiredRouteEntry, path: Path, document: YamlDocument, host?: Host): DesiredRoute {
  const fill: Fill = (text) => (host === undefined ? text : fillVariables(text, host.labels));

  function check<T>(key: keyof DesiredRouteEntry, read: () => T): T {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof InvalidValueError)) throw error;
      const of = host === undefined ? '' : `, host ${host.name}`;
      const at = [...path, key];
      throw document.error([{ path: at, message: `${error.message} (${formatPath(at)}${of})` }], error.remedy);
    }
  }

  const { persistent = true } = entry;
  const destinationPrefix = fill(entry.prefix);
  const nextHop = entry.nextHop === undefined ? undefined : fill(entry.nextHop);
  check('prefix', () => parsePrefix(destinationPrefix));
  check('nextHop', () => nextHop === undefined || parseAddress(nextHop));
  const selector = check('interface', () => selectorOf(entry.interface, fill));
  const metric = check('metric', () => checkMetric(metricOf(entry.metric, fill), 'metric'));
  const spec: RouteSpec = { destinationPrefix, nextHop, interface: selector, metric, persistent };
  // What is left to be wrong: prefix and next hop of two families.
  const key = check('nextHop', () => keyOf(spec));
  return { spec, key, path };
}

/** Names of the labels that a row needs, by the member that needs them. */
export function variablesOf(entry: DesiredRouteEntry): readonly (readonly [key: keyof DesiredRouteEntry, name: string])[] {
  const { prefix, nextHop, interface: named, metric } = entry;
  const values = { prefix, nextHop, interface: typeof named === 'object' ? Object.values(named)[0] : named, metric };
  return Object.entries(values).flatMap(([key, value]) =>
    typeof value === 'string' ? variablesIn(value).map((name) => [key as keyof DesiredRouteEntry, name] as const) : [],
  );
}

function selectorOf(named: DesiredRouteEntry['interface'], fill: Fill): InterfaceSelector | undefined {
  if (named === undefined) return undefined;
  const selector = readSelector(typeof named === 'string' ? { alias: named } : named, fill);
  encodeInterfaceSelector(selector);
  return selector;
}

function readSelector(named: Exclude<DesiredRouteEntry['interface'], string | undefined>, fill: Fill): InterfaceSelector {
  if ('alias' in named) return { alias: fill(named.alias) };
  if ('guid' in named) return { guid: fill(named.guid) };
  if ('luid' in named) return { luid: BigInt(wholeNumber(fill(String(named.luid)), 'INVALID_ARGUMENT')) };
  return { index: Number(wholeNumber(fill(String(named.index)), 'INVALID_ARGUMENT')) };
}

function metricOf(metric: DesiredRouteEntry['metric'], fill: Fill): number | undefined {
  return typeof metric === 'string' ? Number(wholeNumber(fill(metric), 'INVALID_METRIC')) : metric;
}

function wholeNumber(text: string, reason: InvalidValueError['reason']): string {
  if (/^\d{1,20}$/.test(text)) return text;
  throw new InvalidValueError(reason, `"${text}" is not a whole number`, 'give the label of the host a whole number, such as 12');
}

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
