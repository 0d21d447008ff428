import { WatchRoutesResponse, type RouteChange as WireChange } from '../../../proto/gen/routefleet/v1/route_service.pb.js';
import { wireRoute } from './wire-route.js';

type Event = WatchRoutesResponse['event'];
type WireRow = ReturnType<typeof wireRoute>;

/** Each on the wire, as an agent sends it. */
function onWire(event: NonNullable<Event>): WatchRoutesResponse {
  return { event };
}

export function established(bootId = 'boot-1', revision = 0n): WatchRoutesResponse {
  return WatchRoutesResponse.fromPartial({ event: { $case: 'established', value: { bootId, revision, source: 1 } } });
}

export const resumed = (revision: bigint): WatchRoutesResponse => onWire({ $case: 'resumed', value: { revision } });
export const heartbeat = (revision: bigint): WatchRoutesResponse => onWire({ $case: 'heartbeat', value: { revision } });
export const resync = (reason: 1 | 2 | 3): WatchRoutesResponse => onWire({ $case: 'resyncRequired', value: { reason } });
export const snapshot = (...routes: WireRow[]): WatchRoutesResponse => onWire({ $case: 'snapshot', value: { routes } });

export function snapshotEnd(revision: bigint, routeCount: number): WatchRoutesResponse {
  return onWire({ $case: 'snapshotEnd', value: { revision, routeCount } });
}

/** With the revision of the last one to resume from, unless another is given. */
export function changes(list: readonly WireChange[], resumeRevision: bigint = list.at(-1)?.revision ?? 0n): WatchRoutesResponse {
  return onWire({ $case: 'changes', value: { changes: [...list], resumeRevision } });
}

/** A change of a row: from what it was to what it is. */
export function change(revision: bigint, previous: WireRow | undefined, route: WireRow | undefined, commitId = ''): WireChange {
  const kind = route === undefined ? 3 : previous === undefined ? 1 : 2;
  return { revision, kind, route, previous, commitId, observeTime: new Date('2026-01-01T00:00:00Z') };
}

/** The row 10.n.0.0/16. */
export function row(n: number, metric = 0): WireRow {
  return wireRoute({ destinationPrefix: `10.${n}.0.0/16`, interfaceLuid: 7n, metric, etag: `e${metric}` });
}
