import type { Route } from '../../model/route.js';
import type { MirrorChange } from '../../route-mirror.js';
import { differencesOf, type Property, propertiesText } from './route-text.js';

/** What can differ of a row that changed. Age and lifetimes run by themselves. */
const observed: readonly Property[] = [
  { name: 'metric', read: ({ metric }) => metric },
  { name: 'interface metric', read: ({ interfaceMetric }) => interfaceMetric },
  { name: 'protocol', read: ({ protocol }) => protocol },
  { name: 'origin', read: ({ origin }) => origin },
  { name: 'published', read: ({ publish }) => publish },
  { name: 'persistent', read: ({ persistent }) => persistent },
  { name: 'in the registry', read: ({ inRegistry }) => inRegistry },
  { name: 'owner', read: ({ owner }) => owner },
  { name: 'interface', read: ({ interfaceAlias }) => interfaceAlias },
  { name: 'interface index', read: ({ interfaceIndex }) => interfaceIndex },
  { name: 'site prefix length', read: ({ sitePrefixLength }) => sitePrefixLength },
  { name: 'loopback', read: ({ loopback }) => loopback },
  { name: 'autoconfigured', read: ({ autoconfigured }) => autoconfigured },
  { name: 'immortal', read: ({ immortal }) => immortal },
];

/** "metric 5 -> 10, published no -> yes" of a row that changed, else what is to be known of it. */
export function detailsText({ route, previous }: Pick<MirrorChange, 'route' | 'previous'>): string {
  if (route !== undefined && previous !== undefined) return differencesOf(observed, previous, route);
  const row = route ?? previous;
  return row === undefined ? '' : presentText(row);
}

/** "metric 5, persistent, netMgmt" */
export function presentText(route: Route): string {
  return `${propertiesText(route)}, ${route.protocol}`;
}

/** What did it: a commit of an agent, something else on the host, or nobody knows. */
export type Cause = 'commit' | 'external' | 'unknown';

/** Cause of a change. */
export function causeOf({ missed, commitId }: MirrorChange): Cause {
  if (missed) return 'unknown';
  return commitId === undefined ? 'external' : 'commit';
}

/** "commit 5f0c1a", and whose row it is. */
export function causeText(change: MirrorChange): string {
  const texts: Readonly<Record<Cause, string>> = {
    commit: `commit ${change.commitId}`,
    external: 'external',
    unknown: 'unknown, found after a gap',
  };
  return [texts[causeOf(change)], ownerText(change.route ?? change.previous)].filter((text) => text !== '').join(', ');
}

/** "owner team-net", or nothing. */
export function ownerText(route: Route | undefined): string {
  return route?.owner === undefined ? '' : `owner ${route.owner}`;
}
