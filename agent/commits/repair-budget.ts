import { keyText } from '../routes/route.js';
import type { Receipt } from './commit.js';

/** Repairs of one row within a minute, before the agent stops to fight for it. */
const repairsPerMinute = 5;
const minuteMs = 60_000;
/** How long it then leaves the row alone. */
const pauseMs = 10 * minuteMs;

interface Spent {
  readonly receipt: Receipt;
  /** When the row was repaired, in ms. */
  readonly times: number[];
}

/** Keeps two programs from fighting over a row for ever. */
export interface RepairBudget {
  /** Whether the row may be repaired now; if so, one repair is spent. */
  spend(receipt: Receipt, now: number): boolean;
}

/** A budget of which nothing is spent. A new receipt, that is a new apply of the owner, begins anew. */
export function createRepairBudget(): RepairBudget {
  const spent = new Map<string, Spent>();
  return {
    spend(receipt, now) {
      const key = keyText(receipt.desired);
      const known = spent.get(key);
      const { times } = known?.receipt === receipt ? known : { times: [] };
      const exhausted = times.length >= repairsPerMinute;
      const last = times.at(-1) ?? now;
      if (exhausted && now - last < pauseMs) return false;
      const recent = exhausted ? [] : times.filter((time) => now - time < minuteMs);
      spent.set(key, { receipt, times: [...recent, now] });
      return true;
    },
  };
}
