import { RouteError, type RouteErrorReason } from '../../../../client/errors/route-error.js';
import type { RpcCode } from '../../../../client/errors/rpc-code.js';
import type { Clock } from '../../../../client/fleet/rollout/clock.js';
import type { Commit, CommitStep } from '../../../../client/model/commit.js';
import type { Route } from '../../../../client/model/route.js';

/** How a host takes a change. */
export type Temper = 'good' | 'refuses' | 'probeFails' | 'tellsOfFailedProbe';

/** One row and its commits, with the rules of an agent: a fence, a timer, a memory of requests. */
export interface FakeHost {
  readonly name: string;
  readonly initial: Route | undefined;
  readonly row: Route | undefined;
  /** How often a request was carried out, by its id. */
  readonly applied: ReadonlyMap<string, number>;
  /** Somebody else changed the row. */
  readonly foreign: boolean;
  /** Carries out; the commit is pending. */
  apply(id: string, after: Route | undefined, confirmWithinMs: number): Commit | undefined;
  confirm(id: string): Commit;
  cancel(id: string): Commit;
  find(id: string): Commit;
  changeForeign(): void;
  /** The controller that waits for this apply is gone: the agent undoes it. */
  callerLeft(id: string): void;
}

const base: Omit<Route, 'metric' | 'etag'> = {
  destinationPrefix: '10.9.0.0/16',
  nextHop: '10.20.0.254',
  onLink: false,
  family: 'ipv4',
  interfaceIndex: 3,
  interfaceLuid: 77n,
  protocol: 'netMgmt',
  sitePrefixLength: 0,
  loopback: false,
  autoconfigured: false,
  publish: false,
  immortal: true,
  inRegistry: false,
  owner: 'team-net',
  persistent: true,
};

export function fakeRow(metric: number): Route {
  return { ...base, metric, etag: `${metric}` };
}

export function routeError(code: RpcCode, reason: RouteErrorReason): RouteError {
  return new RouteError({ code, reason, message: reason.toLowerCase() });
}

interface Record {
  commit: Commit;
  deadline: number;
}

export function createFakeHost(name: string, initial: Route | undefined, temper: Temper, clock: Clock): FakeHost {
  let row = initial;
  let foreign = false;
  const records = new Map<string, Record>();
  const applied = new Map<string, number>();

  function undo(record: Record, reason: RouteErrorReason): void {
    row = record.commit.steps[0]?.before;
    record.commit = { ...record.commit, state: 'rolledBack', failure: { code: 'ABORTED', reason, message: reason } };
  }

  /** What the timers did meanwhile. */
  function expire(): void {
    for (const record of records.values()) {
      if (record.commit.state === 'pendingConfirmation' && clock.now() >= record.deadline) undo(record, 'NOT_CONFIRMED');
    }
  }

  function named(id: string): Record {
    expire();
    const record = records.get(id);
    if (record === undefined) throw routeError('NOT_FOUND', 'COMMIT_NOT_FOUND');
    return record;
  }

  function pending(id: string): Record {
    const record = named(id);
    if (record.commit.state !== 'pendingConfirmation') throw routeError('FAILED_PRECONDITION', 'COMMIT_NOT_PENDING');
    return record;
  }

  return {
    name,
    initial,
    applied,
    get row() {
      expire();
      return row;
    },
    get foreign() {
      return foreign;
    },
    apply(id, after, confirmWithinMs) {
      expire();
      const known = records.get(id);
      if (known !== undefined) return known.commit;
      if ([...records.values()].some(({ commit }) => commit.state === 'pendingConfirmation')) {
        throw routeError('FAILED_PRECONDITION', 'COMMIT_PENDING');
      }
      const isUndo = id.includes('.u');
      if (temper === 'refuses' && !isUndo) throw routeError('FAILED_PRECONDITION', 'RISK_NOT_ACCEPTED');
      if (row?.etag === after?.etag) return undefined;
      applied.set(id, (applied.get(id) ?? 0) + 1);
      const step: CommitStep = { kind: row === undefined ? 'create' : after === undefined ? 'delete' : 'set', before: row, after };
      row = after;
      const passedAfter = isUndo || temper === 'good';
      const record: Record = {
        deadline: clock.now() + confirmWithinMs,
        commit: {
          id,
          requestId: id,
          state: 'pendingConfirmation',
          owner: 'team-net',
          requireFreshConnection: true,
          confirmRemainingMs: confirmWithinMs,
          revisionBefore: 1n,
          revisionAfter: 2n,
          steps: [step],
          probes: [{ probe: 'gateway', passedBefore: true, passedAfter }],
        },
      };
      records.set(id, record);
      if (temper === 'probeFails' && !isUndo) undo(record, 'PROBE_FAILED');
      return record.commit;
    },
    confirm(id) {
      const record = pending(id);
      record.commit = { ...record.commit, state: 'committed' };
      return record.commit;
    },
    cancel(id) {
      const record = pending(id);
      undo(record, 'COMMIT_CANCELLED');
      return record.commit;
    },
    find: (id) => named(id).commit,
    changeForeign() {
      expire();
      // Not while a commit is pending: then its undoing would have to tell it apart.
      if (row === undefined || [...records.values()].some(({ commit }) => commit.state === 'pendingConfirmation')) return;
      row = fakeRow(99);
      foreign = true;
    },
    callerLeft(id) {
      const record = records.get(id);
      if (record?.commit.state === 'pendingConfirmation') undo(record, 'CANCELLED');
    },
  };
}
