import type { Route } from '../../model/route.js';
import { onLinkText } from '../options/next-hop-text.js';

/** Way of a route: "via 10.20.0.1 on Ethernet". */
export function wayText(route: Route): string {
  return `${hopText(route)} ${interfaceText(route)}`;
}

/** "via 10.20.0.1", or "on-link". */
export function hopText({ onLink, nextHop }: Route): string {
  return onLink ? onLinkText : `via ${nextHop}`;
}

/** "on Ethernet", or by index where the host knows no name. */
export function interfaceText({ interfaceAlias, interfaceIndex }: Route): string {
  return `on ${interfaceAlias ?? `interface ${interfaceIndex}`}`;
}

/** Something about a row. */
export interface Property {
  /** In the words of a person. */
  readonly name: string;
  /** Undefined: it has none. */
  readonly read: (route: Route) => string | number | boolean | undefined;
  /** Told of every row, not only where it differs. Default true. */
  readonly always?: boolean;
}

/** What a caller can decide about a row, beside its key, in the words of a person. */
const properties: readonly Property[] = [
  { name: 'metric', read: ({ metric }) => metric },
  { name: 'valid lifetime', read: ({ validLifetimeSeconds }) => secondsText(validLifetimeSeconds) },
  { name: 'preferred lifetime', read: ({ preferredLifetimeSeconds }) => secondsText(preferredLifetimeSeconds) },
  { name: 'published', read: ({ publish }) => publish },
  { name: 'persistent', read: ({ persistent }) => persistent },
  { name: 'in the registry', read: ({ inRegistry }) => inRegistry },
  // The same for all rows of a change, as a rule.
  { name: 'owner', read: ({ owner }) => owner, always: false },
];

/** "metric 5, persistent" */
export function propertiesText(route: Route): string {
  return properties
    .flatMap(({ name, read, always = true }) => {
      const value = read(route);
      if (!always || value === undefined || value === false) return [];
      return [value === true ? name : `${name} ${value}`];
    })
    .join(', ');
}

/** "metric 5 -> 7"; of what differs only. */
export function differencesText(before: Route, after: Route): string {
  return differencesOf(properties, before, after);
}

/** The same of other properties. */
export function differencesOf(of: readonly Property[], before: Route, after: Route): string {
  return of
    .flatMap(({ name, read }) => {
      const [from, to] = [valueText(read(before)), valueText(read(after))];
      return from === to ? [] : [`${name} ${from} -> ${to}`];
    })
    .join(', ');
}

function valueText(value: string | number | boolean | undefined): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return String(value ?? 'none');
}

function secondsText(seconds: number | undefined): string | undefined {
  return seconds === undefined ? undefined : `${seconds}s`;
}
