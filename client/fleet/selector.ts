import { FleetError } from './fleet-error.js';
import type { Host } from './host.js';
import { parseLabelSelector } from './label-selector.js';

/** Which hosts of an inventory are meant. Both parts must hold; an empty selection takes all. */
export interface Selection {
  /** Globs over host names: "*" and "?". A host must match one of them, and each must match a host. */
  readonly names?: readonly string[] | undefined;
  /** "site=ams,role!=edge". All of them must hold. */
  readonly labels?: readonly string[] | undefined;
}

/**
 * Takes the hosts that are meant, in the order given.
 *
 * @throws FleetError NO_MATCH when there are none, with what there is to choose from; SELECTOR_INVALID
 */
export function selectHosts(hosts: readonly Host[], { names = [], labels = [] }: Selection): readonly Host[] {
  const globs = names.map((name) => ({ name, fits: parseHostGlob(name) }));
  const lost = globs.find(({ fits }) => !hosts.some((host) => fits(host.name)));
  if (lost !== undefined) throw noMatch(`no host is named "${lost.name}"`, hosts);
  const selectors = labels.map(parseLabelSelector);
  const selected = hosts.filter(
    (host) => (globs.length === 0 || globs.some(({ fits }) => fits(host.name))) && selectors.every((matches) => matches(host.labels)),
  );
  if (selected.length > 0) return selected;
  throw noMatch(`no host has ${names.length === 0 ? '' : `a name like ${names.join(' or ')} and `}the labels ${labels.join(',')}`, hosts);
}

/** Reads "web*": "*" is any text, "?" any character; upper and lower case are the same. */
export function parseHostGlob(glob: string): (name: string) => boolean {
  const source = glob.replace(/[.*+?^${}()|[\]\\]/g, (char) => ({ '*': '.*', '?': '.' })[char] ?? `\\${char}`);
  const pattern = new RegExp(`^${source}$`, 'i');
  return (name) => pattern.test(name);
}

function noMatch(message: string, hosts: readonly Host[]): FleetError {
  const labels = new Set(hosts.flatMap((host) => Object.entries(host.labels).map(([key, value]) => `${key}=${value}`)));
  const remedy = `there are the hosts ${shorten(hosts.map(({ name }) => name))} and the labels ${shorten([...labels].sort())}`;
  return new FleetError('NO_MATCH', message, remedy);
}

/** A fleet of thousands is not listed in an error. */
function shorten(texts: readonly string[], max = 20): string {
  if (texts.length === 0) return '(none)';
  const rest = texts.length - max;
  return rest > 0 ? `${texts.slice(0, max).join(', ')} and ${rest} more` : texts.join(', ');
}
