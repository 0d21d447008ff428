import type { RouteError } from '../errors/route-error.js';
import type { Route } from '../model/route.js';
import type { ResyncReason } from '../model/watch.js';
import type { MirrorChange } from '../route-mirror.js';
import type { Host } from './host.js';

/**
 * What a watched host has to tell. First "connected" and "synchronized", or "disconnected" until it can be reached; then "changed". After
 * "disconnected" comes "connected" again, with "resynchronizing" before the next "synchronized" where changes were lost on the way.
 */
export type HostEvent =
  /** A watch runs: the first time, and again after every "disconnected". */
  | {
      readonly type: 'connected';
      /** Run of the agent. */
      readonly bootId: string;
      readonly revision: bigint;
      /** How the agent learns of changes. */
      readonly source: 'notifications' | 'polling';
      /** Time between two looks at the table, in milliseconds. Undefined: with notifications. */
      readonly pollIntervalMs?: number | undefined;
    }
  /** The table is known as of this revision. */
  | {
      readonly type: 'synchronized';
      readonly revision: bigint;
      /** The watch goes on where it was: nothing was missed. */
      readonly resumed: boolean;
      /** Rows that pass the filter. */
      readonly routeCount: number;
      /** Those rows. Only the first time, and only when asked for. */
      readonly routes?: readonly Route[] | undefined;
    }
  /** Rows changed. */
  | {
      readonly type: 'changed';
      readonly changes: readonly MirrorChange[];
      /** Changes that are not told one by one, since whoever takes the events was too slow: each row has its net change. 0: all are told. */
      readonly merged: number;
    }
  /** Changes were lost. Their net difference comes as "changed", each of them `missed`. */
  | { readonly type: 'resynchronizing'; readonly reason: ResyncReason }
  /** The connection is lost or could not be had. Told once, and again when the reason becomes another one, however often it is tried again. */
  | { readonly type: 'disconnected'; readonly error: RouteError; readonly retryInMs: number }
  /** The end of this host: trying again would not help. */
  | { readonly type: 'failed'; readonly error: RouteError };

/** A {@link HostEvent}, and where and when it was. */
export type FleetEvent = HostEvent & {
  readonly host: Host;
  /** By the clock of this machine. */
  readonly time: Date;
};
