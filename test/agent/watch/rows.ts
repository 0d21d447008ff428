import { keyText, type Route } from '../../../agent/routes/route.js';
import type { OwnedRow, TableChange } from '../../../agent/watch/table-change.js';
import type { ChangeBatch } from '../../../agent/watch/watcher.js';
import { parseAddress } from '../../../proto/address.js';
import { parsePrefix } from '../../../proto/prefix.js';

/** One of the rows that tests work with; they differ in their third byte. */
export function route(number: number, metric: number): Route {
  return {
    destinationPrefix: parsePrefix(`10.0.${number}.0/24`),
    nextHop: parseAddress('192.0.2.1'),
    interface: { luid: 7n, index: 7 },
    metric,
    interfaceMetric: 25,
    protocol: 3,
    origin: 0,
    validLifetimeSeconds: undefined,
    preferredLifetimeSeconds: undefined,
    ageSeconds: 0,
    sitePrefixLength: 0,
    loopback: false,
    autoconfigured: false,
    publish: false,
    immortal: true,
    inRegistry: false,
  };
}

export const owned = (number: number, metric: number, owner?: string): OwnedRow => ({
  route: route(number, metric),
  ownership: owner === undefined ? undefined : { owner, persistent: false },
});

/** Metrics by key, the way a caller that knows nothing else would keep them. Says when a change does not fit what is known. */
export function fold(table: Map<string, number>, { changes }: Pick<ChangeBatch, 'changes'>): void {
  for (const { key, row, previous } of changes) {
    if (table.get(key) !== previous?.route.metric) throw new Error(`${key} was ${table.get(key)}, and not ${previous?.route.metric}`);
    if (row === undefined) table.delete(key);
    else table.set(key, row.route.metric);
  }
}

export const metricsOf = (rows: readonly OwnedRow[]): Map<string, number> =>
  new Map(rows.map(({ route: one }) => [keyText(one), one.metric]));

/** "+1:5" added row 1 with metric 5, "~1:5>6" changed, "-1:5" removed. */
export function told({ row, previous }: TableChange): string {
  const number = (row ?? previous)?.route.destinationPrefix.bytes[2];
  if (row === undefined) return `-${number}:${previous?.route.metric}`;
  return previous === undefined ? `+${number}:${row.route.metric}` : `~${number}:${previous.route.metric}>${row.route.metric}`;
}
