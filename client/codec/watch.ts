import type { Duration } from '../../proto/gen/google/protobuf/duration.pb.js';
import * as wire from '../../proto/gen/routefleet/v1/route_service.pb.js';
import { InvalidValueError } from '../../proto/invalid-value.js';
import type { UnknownName } from '../model/route.js';
import type { ResumePoint, ResyncReason, RouteChange, WatchEvent, WatchOptions } from '../model/watch.js';
import { createEnumCodec, type EnumCodec } from './enum-codec.js';
import { MalformedAnswerError, required } from './malformed-answer.js';
import { decodeDurationMs, decodeText, encodeDurationMs } from './numbers.js';
import { decodeRoute } from './route.js';
import { encodeRouteFilter } from './route-filter.js';

/** An event as agents send it. */
export type AgentEvent =
  | Exclude<WatchEvent, { readonly type: 'changes' | 'disconnected' }>
  | {
      readonly type: 'changes';
      readonly changes: readonly RouteChange[];
      /** From where to go on after them: before the last of them where earlier ones are still on their way. */
      readonly resumeRevision: bigint;
    };

const heartbeatMs = { min: 100, max: 3_600_000 };
const maxRevision = 0xffff_ffff_ffff_ffffn;

// A reason of a newer agent gets a name of its own: whatever it is, a new snapshot follows.
const reasonCodec: EnumCodec<Exclude<ResyncReason, UnknownName>, wire.ResyncReason> = createEnumCodec('reason', wire.ResyncReason, {
  OTHER_BOOT: 'otherBoot',
  HISTORY_EXCEEDED: 'historyExceeded',
  OVERFLOW: 'overflow',
});

/** @throws InvalidValueError for a filter that can match no row by its form, a place or a time that cannot be */
export function encodeWatchRequest({ filter, since, heartbeatIntervalMs }: WatchOptions): wire.WatchRoutesRequest {
  return {
    filter: filter && encodeRouteFilter(filter),
    since: since && encodeResumePoint(since),
    heartbeatInterval: encodeHeartbeat(heartbeatIntervalMs),
  };
}

function encodeResumePoint({ bootId, revision }: ResumePoint): wire.ResumePoint {
  if (bootId !== '' && typeof revision === 'bigint' && revision >= 0n && revision <= maxRevision) return { bootId, revision };
  throw new InvalidValueError(
    'INVALID_ARGUMENT',
    `revision ${revision} of run "${bootId}" is no place in the history of a table`,
    'give the resumePoint of an earlier watch, or leave it out to begin with a snapshot',
  );
}

function encodeHeartbeat(ms: number | undefined): Duration | undefined {
  if (ms === undefined || (ms >= heartbeatMs.min && ms <= heartbeatMs.max)) return encodeDurationMs(ms, 'the time between heartbeats');
  throw new InvalidValueError(
    'INVALID_DURATION',
    `the time between heartbeats ${ms} is not a number of milliseconds from ${heartbeatMs.min} to ${heartbeatMs.max}`,
    'give 10000 for ten seconds',
  );
}

/**
 * An event of a watch. One that this version does not know is malformed: it might be a change, and then the view would silently be wrong.
 *
 * @throws MalformedAnswerError for an event that breaks the contract
 */
export function decodeWatchEvent({ event }: wire.WatchRoutesResponse): AgentEvent {
  const known = required(event, 'event');
  switch (known.$case) {
    case 'established':
      return decodeEstablished(known.value);
    case 'resumed':
      return { type: 'resumed', revision: known.value.revision };
    case 'resyncRequired':
      return { type: 'resync', reason: reasonCodec.decode(known.value.reason) };
    case 'snapshot':
      return { type: 'snapshot', routes: known.value.routes.map(decodeRoute) };
    case 'snapshotEnd':
      return { type: 'snapshotEnd', revision: known.value.revision, routeCount: known.value.routeCount };
    case 'changes':
      return { type: 'changes', changes: known.value.changes.map(decodeChange), resumeRevision: known.value.resumeRevision };
    case 'heartbeat':
      return { type: 'heartbeat', revision: known.value.revision };
  }
}

function decodeEstablished({ bootId, revision, source, pollInterval }: wire.WatchEstablished): AgentEvent {
  const pollIntervalMs = decodeDurationMs(pollInterval);
  return {
    type: 'established',
    bootId: required(decodeText(bootId), 'boot_id'),
    revision,
    // A source of a newer agent that does not poll is, to whoever watches, like one that notifies.
    source: source === wire.WatchSource.POLLING || pollIntervalMs !== undefined ? 'polling' : 'notifications',
    pollIntervalMs,
  };
}

function decodeChange({ kind, revision, route, previous, commitId, observeTime }: wire.RouteChange): RouteChange {
  const about = { revision, commitId: decodeText(commitId), observeTime: required(observeTime, 'observe_time') };
  switch (kind) {
    case wire.ChangeKind.ADDED:
      return { kind: 'added', ...about, route: decodeRoute(required(route, 'route')) };
    case wire.ChangeKind.CHANGED:
      return {
        kind: 'changed',
        ...about,
        route: decodeRoute(required(route, 'route')),
        previous: decodeRoute(required(previous, 'previous')),
      };
    case wire.ChangeKind.REMOVED:
      return { kind: 'removed', ...about, previous: decodeRoute(required(previous, 'previous')) };
    case wire.ChangeKind.UNSPECIFIED:
      break;
  }
  // Whoever does not know what happened to the row cannot keep the table.
  throw new MalformedAnswerError(`a row had a change of kind ${kind}`);
}
