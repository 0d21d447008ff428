import type { AuditEntry } from './audit.js';

type Denied = AuditEntry & { readonly type: 'denied' };

/** A kind of denied calls, and how many of it were not written down yet. */
interface Folded {
  readonly entry: Denied;
  count: number;
}

/** Within which calls of one identity, RPC and reason are told as one. */
const foldMs = 10_000;
/** Kinds that are kept apart; further ones are told as one. */
const maxKinds = 1000;

/** Writes down denied calls so that a flood of them stays a few lines. */
export interface DeniedCalls {
  add(call: Omit<Denied, 'type' | 'count'>): void;
  /** Writes down what was counted. */
  close(): void;
}

/** @param write - takes an entry; must not throw */
export function createDeniedCalls(write: (entry: AuditEntry) => void): DeniedCalls {
  const kinds = new Map<string, Folded>();
  let timer: NodeJS.Timeout | undefined;
  const flush = (): void => {
    for (const [key, folded] of kinds) {
      // Whoever was silent for as long is told at once the next time.
      if (folded.count === 0) kinds.delete(key);
      else write({ ...folded.entry, count: folded.count });
      folded.count = 0;
    }
  };
  const nextRound = (): void => {
    flush();
    timer = kinds.size === 0 ? undefined : setTimeout(nextRound, foldMs).unref();
  };
  return {
    add(call) {
      timer ??= setTimeout(nextRound, foldMs).unref();
      const key = JSON.stringify([call.identity, call.rpc, call.reason]);
      const known = kinds.get(key) ?? (kinds.size < maxKinds ? undefined : kinds.get(others));
      if (known !== undefined) {
        known.count += 1;
        return;
      }
      const isOther = kinds.size >= maxKinds;
      const entry: Denied = { type: 'denied', ...call, ...(isOther ? { identity: others, peer: others } : {}), count: 1 };
      kinds.set(isOther ? others : key, { entry, count: 0 });
      write(entry);
    },
    close() {
      clearTimeout(timer);
      flush();
    },
  };
}

/** Stands for whoever came when there were too many to tell apart. */
const others = '(others)';
