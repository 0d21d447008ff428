import type { ErrorReason } from '../../proto/reasons.js';
import { keyText, matchesDesired, type Route, type RouteKey } from '../routes/route.js';
import type { Operation } from './change.js';
import type { Receipt } from './commit.js';
import type { TableReading } from './table-reading.js';

/** A persistent row that is not as desired. */
export interface Drift {
  readonly receipt: Receipt;
  /** Where the row belongs now; undefined: its interface is gone. */
  readonly key: RouteKey | undefined;
  /** Undefined: it is missing. */
  readonly observed: Route | undefined;
}

/** Drift, and why it is not repaired; undefined: it will be. */
export interface DriftReport extends Drift {
  readonly reason: ErrorReason | undefined;
}

/** Holds the persistent rows against the table. Pure. */
export function findDrift(receipts: Iterable<Receipt>, { routes, interfaces }: TableReading): Drift[] {
  const found: Drift[] = [];
  for (const receipt of receipts) {
    if (!receipt.persistent) continue;
    const { desired } = receipt;
    const present = findInterface(receipt, interfaces);
    const key = present && { destinationPrefix: desired.destinationPrefix, nextHop: desired.nextHop, interface: present };
    const observed = key && routes.get(keyText(key));
    const moved = present !== undefined && present.luid !== desired.interface.luid;
    if (observed === undefined || moved || !matchesDesired(observed, desired)) found.push({ receipt, key, observed });
  }
  return found;
}

/** The interface by its LUID; one that was taken out and put in again may have another, and still its GUID. */
function findInterface({ desired, interfaceGuid }: Receipt, interfaces: TableReading['interfaces']): RouteKey['interface'] | undefined {
  const found = interfaces.get(desired.interface.luid) ?? [...interfaces.values()].find(({ guid }) => guid === interfaceGuid);
  return found && { luid: found.luid, index: found.index };
}

/** What puts a row back: as desired, where its interface is now. */
export function repairOf({ receipt: { desired }, key }: Drift): Operation[] {
  if (key === undefined) return [];
  const { luid } = key.interface;
  const put: Operation = { action: 'put', route: { ...desired, interface: { by: 'luid', luid }, persistent: true } };
  return luid === desired.interface.luid ? [put] : [put, { action: 'forget', key: desired }];
}
