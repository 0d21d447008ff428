import { describe, expect, it } from 'vitest';
import { MalformedAnswerError } from '../../client/codec/malformed-answer.js';
import { decodeWatchEvent } from '../../client/codec/watch.js';
import type { ResumePoint } from '../../client/index.js';
import { createWatchProgress } from '../../client/watch-progress.js';
import type { WatchRoutesResponse } from '../../proto/gen/routefleet/v1/route_service.pb.js';
import { change, changes, established, heartbeat, resumed, resync, row, snapshot, snapshotEnd } from './support/watch-events.js';

type Calls = readonly (readonly WatchRoutesResponse[])[];

/** What is handed out of some calls in a row, and where the watch then is. */
function follow(since: ResumePoint | undefined, ...calls: Calls) {
  const progress = createWatchProgress(since);
  const handedOut = calls.flatMap((events) => {
    progress.begin();
    return events.map((event) => progress.take(decodeWatchEvent(event)));
  });
  return { handedOut, resumePoint: progress.resumePoint };
}

const opening = [established('b'), snapshot(row(1)), snapshotEnd(5n, 1)];
const since = { bootId: 'b', revision: 5n };

describe('the resume point', () => {
  it.each<[string, ResumePoint | undefined, Calls, bigint | undefined]>([
    ['is unknown before the end of a snapshot', undefined, [[established('b', 5n), snapshot(row(1))]], undefined],
    ['is that of the snapshot', undefined, [opening], 5n],
    ['is that of an empty snapshot', undefined, [[established('b'), snapshotEnd(5n, 0)]], 5n],
    ['goes on with changes', undefined, [[...opening, changes([change(6n, undefined, row(2)), change(8n, row(2), undefined)])]], 8n],
    ['goes on with heartbeats', undefined, [[...opening, heartbeat(9n)]], 9n],
    ['waits for merged changes', undefined, [[...opening, changes([change(8n, undefined, row(2))], 5n)]], 5n],
    ['is where it was said to be', since, [], 5n],
    ['stays when a call ends before it begins', since, [[], [established('b')], [established('other')]], 5n],
    ['goes on after a resumption', since, [[established('b'), resumed(5n), changes([change(6n, undefined, row(2))])]], 6n],
    ['is void after a resync', since, [[established('b'), resync(2)]], undefined],
    ['is void after a resync in the middle', undefined, [[...opening, heartbeat(7n), resync(3), snapshot(row(1))]], undefined],
    ['is void in a snapshot that was not asked for', since, [[established('b'), snapshot(row(1))]], undefined],
    ['is that of the last snapshot', undefined, [[...opening, resync(3), snapshot(row(1)), resync(3), snapshotEnd(9n, 0)]], 9n],
    ['is of the new run', since, [[established('c'), resync(1), snapshotEnd(1n, 0)]], 1n],
  ])('%s', (_case, from, calls, revision) => {
    expect(follow(from, ...calls).resumePoint?.revision).toBe(revision);
  });

  it('is of the run that sent the snapshot', () => {
    expect(follow(since, [established('c'), resync(1), snapshotEnd(1n, 0)]).resumePoint).toEqual({ bootId: 'c', revision: 1n });
  });
});

describe('a change', () => {
  const a6 = change(6n, undefined, row(2));
  const b = change(7n, undefined, row(3));
  const a = change(8n, row(2), row(2, 1));

  it('that comes again after a resumption is not handed out again, and one that did not come is', () => {
    const { handedOut, resumePoint } = follow(
      undefined,
      [...opening, changes([b], 5n)],
      [established('b'), resumed(5n), changes([a6], 6n), changes([b, a], 8n)],
    );
    expect(handedOut.slice(-4)).toMatchObject([
      { type: 'established' },
      { type: 'resumed' },
      { type: 'changes', changes: [{ revision: 6n }] },
      { type: 'changes', changes: [{ revision: 8n }] },
    ]);
    expect(resumePoint?.revision).toBe(8n);
  });

  it('hands out nothing where all came again', () => {
    const { handedOut } = follow(undefined, [...opening, changes([a6, b], 5n)], [established('b'), resumed(5n), changes([a6, b], 7n)]);
    expect(handedOut.at(-1)).toBeUndefined();
  });

  it('is handed out again after a new snapshot that does not have it', () => {
    const { handedOut } = follow(undefined, [...opening, changes([b], 5n), resync(3), snapshotEnd(6n, 0), changes([b])]);
    expect(handedOut.at(-1)).toMatchObject({ changes: [{ revision: 7n }] });
  });
});

it('a heartbeat before the end of a snapshot is a sign of life and no more', () => {
  const { handedOut, resumePoint } = follow(undefined, [established('b'), heartbeat(9n), snapshot(row(1)), heartbeat(9n)]);
  expect(handedOut[1]).toBeUndefined();
  expect(handedOut[3]).toBeUndefined();
  expect(resumePoint).toBeUndefined();
});

describe('an event that cannot come there is malformed:', () => {
  it.each<[string, ResumePoint | undefined, readonly WatchRoutesResponse[]]>([
    ['anything before "established"', undefined, [snapshot(row(1))]],
    ['a heartbeat before "established"', undefined, [heartbeat(1n)]],
    ['"established" twice', undefined, [established(), established()]],
    ['a resumption that was not asked for', undefined, [established('b'), resumed(5n)]],
    ['a resumption of another run', since, [established('c'), resumed(5n)]],
    ['a resumption with a gap', since, [established('b'), resumed(6n)]],
    ['a resumption from before', since, [established('b'), resumed(4n)]],
    ['a resumption in the middle', undefined, [...opening, resumed(5n)]],
    ['a snapshot in the middle', undefined, [...opening, snapshot(row(1))]],
    ['the end of a snapshot in the middle', undefined, [...opening, snapshotEnd(5n, 0)]],
    ['a snapshot with fewer rows than announced', undefined, [established(), snapshot(row(1)), snapshotEnd(5n, 2)]],
    ['a snapshot with rows of one that was broken off', undefined, [established(), snapshot(row(1)), resync(3), snapshotEnd(5n, 1)]],
    ['changes before the snapshot', undefined, [established(), changes([change(6n, undefined, row(2))])]],
    ['changes in the snapshot', undefined, [established(), snapshot(row(1)), changes([change(6n, undefined, row(2))])]],
    ['a change that is in the snapshot', undefined, [...opening, changes([change(5n, undefined, row(2))])]],
    ['changes out of order', undefined, [...opening, changes([change(7n, undefined, row(2)), change(6n, row(2), undefined)])]],
    [
      'the same change twice',
      undefined,
      [...opening, changes([change(6n, undefined, row(2))], 5n), changes([change(6n, undefined, row(2))])],
    ],
    ['a change that a heartbeat denied', undefined, [...opening, heartbeat(7n), changes([change(7n, undefined, row(2))])]],
    [
      'a change that cannot come any more',
      undefined,
      [...opening, changes([change(6n, undefined, row(2))], 8n), changes([change(8n, undefined, row(3))])],
    ],
    ['a heartbeat that goes back', undefined, [...opening, heartbeat(7n), heartbeat(6n)]],
  ])('%s', (_case, from, events) => {
    expect(() => follow(from, events.slice(0, -1))).not.toThrow();
    expect(() => follow(from, events)).toThrow(MalformedAnswerError);
  });
});
