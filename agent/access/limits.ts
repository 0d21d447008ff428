import { RouteTableError } from '../routes/errors.js';
import { createRecent } from './recent.js';
import type { RpcName } from './rpc-rights.js';
import { type Rate, TokenBucket } from './token-bucket.js';

/** Calls that are counted together. "settle" decides about a commit, and has its own limits, so that no other call holds it up. */
export type CallKind = 'read' | 'list' | 'watch' | 'write' | 'settle';

/** What one identity may do with calls of one kind. */
export interface CallLimit extends Rate {
  /** Calls that run at the same time. */
  readonly atOnce: number;
}

/** What one identity may do. A fleet controller makes some ten calls per host and minute; the rest is room. */
export const callLimits: Readonly<Record<CallKind, CallLimit>> = {
  read: { perSecond: 400, burst: 400, atOnce: 128 },
  // A reader that does not take what it asked for holds a whole table in memory.
  list: { perSecond: 50, burst: 300, atOnce: 32 },
  watch: { perSecond: 100, burst: 1000, atOnce: 256 },
  write: { perSecond: 100, burst: 500, atOnce: 64 },
  settle: { perSecond: 50, burst: 200, atOnce: 32 },
};

/** Refusals that are answered before the caller is shut out: refusing costs time as well. */
const patience: Rate = { perSecond: 50, burst: 500 };
/** Time for which a caller is shut out, in ms: none of its calls is answered, and its connections are closed. */
const shutOutMs = 5000;
const reports: Rate = { perSecond: 0.1, burst: 1 };
const maxIdentities = 4096;

const kinds: Readonly<Record<RpcName, CallKind>> = {
  GetAgent: 'read',
  ListInterfaces: 'read',
  ListRoutes: 'list',
  GetRoute: 'read',
  GetBestRoute: 'read',
  PlanRoutes: 'list',
  GetCommit: 'settle',
  ListCommits: 'list',
  WatchRoutes: 'watch',
  CreateRoute: 'write',
  SetRoute: 'write',
  DeleteRoute: 'write',
  SetDefaultGateway: 'write',
  ApplyRoutes: 'write',
  ConfirmCommit: 'settle',
  CancelCommit: 'settle',
  ExtendCommit: 'settle',
};

/** What a call is counted as; undefined: one of another service, such as a health check. */
export function kindOf(rpc: RpcName | undefined): CallKind {
  return rpc === undefined ? 'read' : kinds[rpc];
}

/** A call that was let in is to be ended by `leave`; what was refused tells what to do. */
export type Entry =
  | { readonly let: 'in'; leave(): void }
  | {
      readonly let: 'out';
      /** RATE_LIMITED */
      readonly error: RouteTableError;
      /** The caller is shut out: close its connection. */
      readonly disconnect: boolean;
      /** Refusals since the last that was to be reported, if this one is to be. */
      readonly report: number | undefined;
    };

/** Counts the calls of each identity. */
export interface CallLimits {
  /** A call comes; it ends with its stream. */
  enter(identity: string, kind: CallKind): Entry;
  /**
   * A call is served; that ends when its handler does, which may be after a caller who did not wait has left. @returns to be called then
   *
   * @throws RouteTableError RATE_LIMITED
   */
  work(identity: string, kind: CallKind): () => void;
}

/** @param now - milliseconds, by a clock that does not go back */
export function createCallLimits(now: () => number, limits: Readonly<Record<CallKind, CallLimit>> = callLimits): CallLimits {
  const identities = createRecent(
    maxIdentities,
    () => new IdentityMeter(limits),
    (meter) => meter.isInUse,
  );
  return {
    enter(identity, kind) {
      const meter = identities.of(identity);
      const refusal = meter.take(kind, now());
      if (refusal === undefined) return { let: 'in', leave: meter.streams.begin(kind) };
      return { let: 'out', error: rateLimited(identity, kind, refusal), ...meter.refuse(now()) };
    },
    work(identity, kind) {
      const { handlers } = identities.of(identity);
      const refusal = handlers.refusal(kind);
      if (refusal !== undefined) throw rateLimited(identity, kind, refusal);
      return handlers.begin(kind);
    },
  };
}

function rateLimited(identity: string, kind: CallKind, { limit, retryAfterMs }: Refusal): RouteTableError {
  const remedy = 'make fewer calls: read the table once, then watch it; retry_after_ms says when the next may be made';
  const facts = { identity, limit, retry_after_ms: String(retryAfterMs) };
  return new RouteTableError('RATE_LIMITED', `"${identity}" makes more ${kind} calls than ${limit}`, { remedy, facts });
}

interface Refusal {
  /** "400 per second", "500 refusals" */
  readonly limit: string;
  readonly retryAfterMs: number;
}

/** Time after which one of the running calls may have ended. */
const whenOneEndedMs = 1000;

/** What goes on at the same time. */
class Running {
  readonly #limits: Readonly<Record<CallKind, CallLimit>>;
  readonly #counts: Record<CallKind, number> = { read: 0, list: 0, watch: 0, write: 0, settle: 0 };

  constructor(limits: Readonly<Record<CallKind, CallLimit>>) {
    this.#limits = limits;
  }

  get isEmpty(): boolean {
    return Object.values(this.#counts).every((count) => count === 0);
  }

  refusal(kind: CallKind): Refusal | undefined {
    const { atOnce } = this.#limits[kind];
    return this.#counts[kind] < atOnce ? undefined : { limit: `${atOnce} at the same time`, retryAfterMs: whenOneEndedMs };
  }

  /** @returns ends it */
  begin(kind: CallKind): () => void {
    this.#counts[kind] += 1;
    return () => {
      this.#counts[kind] -= 1;
    };
  }
}

class IdentityMeter {
  readonly streams: Running;
  readonly handlers: Running;
  readonly #limits: Readonly<Record<CallKind, CallLimit>>;
  readonly #buckets: Readonly<Record<CallKind, TokenBucket>>;
  readonly #patience = new TokenBucket(patience);
  readonly #reports = new TokenBucket(reports);
  #unreported = 0;
  #shutOutUntil = Number.NEGATIVE_INFINITY;

  constructor(limits: Readonly<Record<CallKind, CallLimit>>) {
    const bucket = (kind: CallKind): TokenBucket => new TokenBucket(limits[kind]);
    this.streams = new Running(limits);
    this.handlers = new Running(limits);
    this.#limits = limits;
    this.#buckets = {
      read: bucket('read'),
      list: bucket('list'),
      watch: bucket('watch'),
      write: bucket('write'),
      settle: bucket('settle'),
    };
  }

  get isInUse(): boolean {
    return !this.streams.isEmpty || !this.handlers.isEmpty;
  }

  take(kind: CallKind, now: number): Refusal | undefined {
    if (now < this.#shutOutUntil) return { limit: `${patience.burst} refusals`, retryAfterMs: Math.ceil(this.#shutOutUntil - now) };
    const refusal = this.streams.refusal(kind);
    if (refusal !== undefined) return refusal;
    const retryAfterMs = this.#buckets[kind].take(now);
    return retryAfterMs === 0 ? undefined : { limit: `${this.#limits[kind].perSecond} per second`, retryAfterMs };
  }

  refuse(now: number): { readonly disconnect: boolean; readonly report: number | undefined } {
    this.#unreported += 1;
    if (now >= this.#shutOutUntil && this.#patience.take(now) > 0) this.#shutOutUntil = now + shutOutMs;
    const disconnect = now < this.#shutOutUntil;
    if (this.#reports.take(now) > 0) return { disconnect, report: undefined };
    const report = this.#unreported;
    this.#unreported = 0;
    return { disconnect, report };
  }
}
