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

/** What a caller can decide about a row, beside its key, in the words of a person. */
const properties: readonly (readonly [name: string, read: (route: Route) => string | undefined])[] = [
  ['metric', ({ metric }) => String(metric)],
  ['valid lifetime', ({ validLifetimeSeconds }) => secondsText(validLifetimeSeconds)],
  ['preferred lifetime', ({ preferredLifetimeSeconds }) => secondsText(preferredLifetimeSeconds)],
  ['published', ({ publish }) => (publish ? 'yes' : undefined)],
  ['owner', ({ owner }) => owner],
  ['persistent', ({ persistent }) => (persistent ? 'yes' : undefined)],
];

/** "metric 5, persistent yes" */
export function propertiesText(route: Route): string {
  return properties
    .flatMap(([name, read]) => {
      const value = read(route);
      return value === undefined ? [] : [`${name} ${value}`];
    })
    .join(', ');
}

/** "metric 5 -> 7"; of what differs only. */
export function differencesText(before: Route, after: Route): string {
  return properties
    .flatMap(([name, read]) => {
      const [from = 'none', to = 'none'] = [read(before), read(after)];
      return from === to ? [] : [`${name} ${from} -> ${to}`];
    })
    .join(', ');
}

function secondsText(seconds: number | undefined): string | undefined {
  return seconds === undefined ? undefined : `${seconds}s`;
}
