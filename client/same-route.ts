import type { Route } from './model/route.js';

/** Whether nothing but age and lifetimes differs between two rows of one key. The etag knows nothing of what is not in the row itself. */
export function isSameRoute(a: Route, b: Route): boolean {
  return (
    a.etag === b.etag &&
    a.interfaceMetric === b.interfaceMetric &&
    a.interfaceAlias === b.interfaceAlias &&
    a.interfaceIndex === b.interfaceIndex &&
    a.owner === b.owner &&
    a.persistent === b.persistent &&
    a.inRegistry === b.inRegistry
  );
}
