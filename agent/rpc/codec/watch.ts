import type { Duration } from '../../../proto/gen/google/protobuf/duration.pb.js';
import type { Route as WireRoute } from '../../../proto/gen/routefleet/v1/route.pb.js';
import {
  ChangeKind,
  type RouteChange,
  type WatchEstablished,
  type WatchRoutesResponse,
  WatchSource,
  ResyncReason as WireResyncReason,
} from '../../../proto/gen/routefleet/v1/route_service.pb.js';
import { InvalidValueError } from '../../../proto/invalid-value.js';
import type { OwnedRow, TableChange } from '../../watch/table-change.js';
import type { ResyncReason, WatchEvent } from '../../watch/watch.js';
import { decodeMilliseconds, encodeMilliseconds } from './duration.js';
import { encodeRoute } from './route.js';

type WireEvent = NonNullable<WatchRoutesResponse['event']>;

/** What a watch tells of its agent. */
interface WatchedAgent {
  readonly bootId: string;
  /** Time between two readings; undefined: the host tells of changes. */
  readonly pollIntervalMs: number | undefined;
}

/** Time between heartbeats unless the caller says another. */
const defaultHeartbeatMs = 10_000;
const heartbeatBoundsMs = { min: 100, max: 3_600_000 } as const;

/** The time between heartbeats, in ms. */
export function decodeHeartbeatInterval(interval: Duration | undefined): number {
  const ms = decodeMilliseconds('heartbeat_interval', interval, heartbeatBoundsMs.max) ?? defaultHeartbeatMs;
  if (ms >= heartbeatBoundsMs.min) return ms;
  throw new InvalidValueError(
    'INVALID_DURATION',
    `heartbeat_interval: ${ms} ms is below ${heartbeatBoundsMs.min} ms`,
    `send a longer time, or leave the field out for ${defaultHeartbeatMs / 1000} s`,
  );
}

/** An event as it goes out. */
export function encodeWatchEvent(event: WatchEvent, agent: WatchedAgent): WireEvent {
  switch (event.type) {
    case 'established':
      return { $case: 'established', value: encodeEstablished(event.revision, agent) };
    case 'resumed':
      return { $case: 'resumed', value: { revision: event.revision } };
    case 'resync-required':
      return { $case: 'resyncRequired', value: { reason: encodeReason(event.reason) } };
    case 'snapshot':
      return { $case: 'snapshot', value: { routes: event.rows.map(encodeRow) } };
    case 'snapshot-end':
      return { $case: 'snapshotEnd', value: { revision: event.revision, routeCount: event.rowCount } };
    case 'changes':
      return { $case: 'changes', value: { changes: event.changes.map(encodeChange), resumeRevision: event.resumeRevision } };
    case 'heartbeat':
      return { $case: 'heartbeat', value: { revision: event.revision } };
  }
}

function encodeEstablished(revision: bigint, { bootId, pollIntervalMs }: WatchedAgent): WatchEstablished {
  const source = pollIntervalMs === undefined ? WatchSource.NOTIFICATIONS : WatchSource.POLLING;
  return { revision, bootId, source, pollInterval: encodeMilliseconds(pollIntervalMs) };
}

function encodeReason(reason: ResyncReason): WireResyncReason {
  switch (reason) {
    case 'other-boot':
      return WireResyncReason.OTHER_BOOT;
    case 'history-exceeded':
      return WireResyncReason.HISTORY_EXCEEDED;
    case 'overflow':
      return WireResyncReason.OVERFLOW;
  }
}

function encodeChange({ revision, row, previous, commitId = '', observeTime }: TableChange): RouteChange {
  const kind = row === undefined ? ChangeKind.REMOVED : previous === undefined ? ChangeKind.ADDED : ChangeKind.CHANGED;
  return { revision, kind, route: row && encodeRow(row), previous: previous && encodeRow(previous), commitId, observeTime };
}

function encodeRow({ route, ownership }: OwnedRow): WireRoute {
  return encodeRoute(route, ownership);
}
