import type { RouteKey } from '../routes/route.js';
import type { PlanView } from './best-route-change.js';
import type { Change } from './change.js';
import type { PlannedChange } from './checks.js';
import type { Receipt } from './commit.js';
import type { EngineOptions } from './engine-options.js';
import { planChange } from './plan.js';
import type { RecentReadings } from './recent-readings.js';
import { resolveOperations } from './resolve-operations.js';
import { readTable, type TableReading } from './table-reading.js';

/** What is planned with. */
interface PlanningContext extends Pick<EngineOptions, 'table'> {
  readonly receipts: ReadonlyMap<string, Receipt>;
  readonly readings: RecentReadings;
}

/** Plans a change on the table as it is now. */
export async function planNow(
  { table, receipts, readings }: PlanningContext,
  change: Change,
  view: PlanView,
): Promise<{ readonly plan: PlannedChange; readonly reading: TableReading }> {
  const reading = await readTable(table);
  const asked = typeof change.operations === 'function' ? change.operations(reading) : change.operations;
  const operations = await resolveOperations(table, reading, asked);
  const ground = {
    reading,
    receipts,
    owner: change.owner,
    bindingsKnown: table.capabilities.interfaceMetrics,
    missing: (key: RouteKey) => table.missing(key),
  };
  const plan = {
    ...(await planChange(ground, change, operations, view)),
    revision: reading.revision,
    changesSince: (fingerprint: string) => readings.changesSince(fingerprint, reading),
  };
  return { plan, reading };
}
