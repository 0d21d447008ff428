import { describe, expect, it } from 'vitest';
import { MalformedAnswerError } from '../../../client/codec/malformed-answer.js';
import { decodeWatchEvent, encodeWatchRequest } from '../../../client/codec/watch.js';
import * as wire from '../../../proto/gen/routefleet/v1/route_service.pb.js';
import { InvalidValueError } from '../../../proto/invalid-value.js';
import { change, changes, established, heartbeat, resumed, resync, row, snapshot, snapshotEnd } from '../support/watch-events.js';

/** Through bytes, as it comes. */
function decode(message: wire.WatchRoutesResponse) {
  return decodeWatchEvent(wire.WatchRoutesResponse.decode(wire.WatchRoutesResponse.encode(message).finish()));
}

function decodeChange(fields: Partial<wire.RouteChange>) {
  return decode(changes([{ ...change(5n, row(1), row(1)), ...fields }]));
}

describe('a request', () => {
  it('says nothing unless asked to', () => {
    expect(encodeWatchRequest({})).toEqual({ filter: undefined, since: undefined, heartbeatInterval: undefined });
  });

  it('holds filter, resume point and heartbeats', () => {
    const request = encodeWatchRequest({ filter: { owner: 'a' }, since: { bootId: 'b', revision: 7n }, heartbeatIntervalMs: 1_500 });
    expect(request).toMatchObject({
      filter: { owner: 'a' },
      since: { bootId: 'b', revision: 7n },
      heartbeatInterval: { seconds: 1n, nanos: 500_000_000 },
    });
  });

  it.each([100, 3_600_000])('takes heartbeats each %d ms', (heartbeatIntervalMs) => {
    expect(encodeWatchRequest({ heartbeatIntervalMs }).heartbeatInterval).toBeDefined();
  });

  it.each([
    ['INVALID_DURATION', { heartbeatIntervalMs: 99 }],
    ['INVALID_DURATION', { heartbeatIntervalMs: 3_600_001 }],
    ['INVALID_DURATION', { heartbeatIntervalMs: Number.NaN }],
    ['INVALID_ARGUMENT', { since: { bootId: '', revision: 1n } }],
    ['INVALID_ARGUMENT', { since: { bootId: 'b', revision: -1n } }],
    ['INVALID_ARGUMENT', { since: { bootId: 'b', revision: 1n << 64n } }],
    ['INVALID_METRIC', { filter: { minMetric: 2, maxMetric: 1 } }],
  ])('is refused with %s for %o', (reason, options) => {
    expect(() => encodeWatchRequest(options)).toThrow(InvalidValueError);
    expect(() => encodeWatchRequest(options)).toThrow(expect.objectContaining({ reason }));
  });
});

describe('an event', () => {
  it('is what the agent sent', () => {
    expect(decode(established('b', 3n))).toEqual({
      type: 'established',
      bootId: 'b',
      revision: 3n,
      source: 'notifications',
      pollIntervalMs: undefined,
    });
    expect(decode(resumed(4n))).toEqual({ type: 'resumed', revision: 4n });
    expect(decode(resync(2))).toEqual({ type: 'resync', reason: 'historyExceeded' });
    expect(decode(snapshot(row(1)))).toMatchObject({ type: 'snapshot', routes: [{ destinationPrefix: '10.1.0.0/16' }] });
    expect(decode(snapshotEnd(5n, 1))).toEqual({ type: 'snapshotEnd', revision: 5n, routeCount: 1 });
    expect(decode(heartbeat(6n))).toEqual({ type: 'heartbeat', revision: 6n });
  });

  it('tells each change with its cause, and from where to go on', () => {
    const list = [change(5n, undefined, row(1), 'c1'), change(6n, row(1), row(1, 9)), change(7n, row(1, 9), undefined)];
    expect(decode(changes(list, 4n))).toMatchObject({
      type: 'changes',
      resumeRevision: 4n,
      changes: [
        { kind: 'added', revision: 5n, route: { metric: 0 }, commitId: 'c1', observeTime: new Date('2026-01-01T00:00:00Z') },
        { kind: 'changed', revision: 6n, previous: { metric: 0 }, route: { metric: 9 }, commitId: undefined },
        { kind: 'removed', revision: 7n, previous: { metric: 9 } },
      ],
    });
  });

  it('tells of polling', () => {
    const value = { bootId: 'b', source: 2, pollInterval: { seconds: 2n } } as const;
    const event = wire.WatchRoutesResponse.fromPartial({ event: { $case: 'established', value } });
    expect(decode(event)).toMatchObject({ source: 'polling', pollIntervalMs: 2_000 });
  });

  it('of a newer agent is understood where nothing depends on it', () => {
    expect(decode(resync(9 as 1))).toEqual({ type: 'resync', reason: 'unknown(9)' });
    const source = (value: object) =>
      decode(wire.WatchRoutesResponse.fromPartial({ event: { $case: 'established', value: { bootId: 'b', source: 9 as 1, ...value } } }));
    expect(source({})).toMatchObject({ source: 'notifications' });
    expect(source({ pollInterval: { seconds: 1n } })).toMatchObject({ source: 'polling' });
  });

  it.each([
    ['"event"', () => decode({ event: undefined })],
    ['"boot_id"', () => decode(established(''))],
    ['"route"', () => decodeChange({ kind: 1, route: undefined })],
    ['"route"', () => decodeChange({ kind: 2, route: undefined })],
    ['"previous"', () => decodeChange({ kind: 2, previous: undefined })],
    ['"previous"', () => decodeChange({ kind: 3, previous: undefined })],
    ['"observe_time"', () => decodeChange({ observeTime: undefined })],
    ['kind 0', () => decodeChange({ kind: 0 })],
    ['kind 9', () => decodeChange({ kind: 9 as 1 })],
    ['prefix ""', () => decode(snapshot({ ...row(1), destinationPrefix: '' }))],
  ])('is malformed: %s', (told, run) => {
    expect(run).toThrow(MalformedAnswerError);
    expect(run).toThrow(told);
  });
});
