import type { Connector } from '../../../../client/fleet/connector.js';
import type { Clock } from '../../../../client/fleet/rollout/clock.js';
import type { Change } from '../../../../client/model/change.js';
import type { Plan } from '../../../../client/model/plan.js';
import type { Route } from '../../../../client/model/route.js';
import type { RouteClient } from '../../../../client/route-client.js';
import { type FakeHost, fakeRow, routeError } from './fake-host.js';
import type { Random } from './random.js';

/** How bad the way to the hosts is. */
export interface Weather {
  /** Of a call: lost on the way there, on the way back, or hanging until its time is over. */
  readonly lossChance: number;
  /** When a host cannot be reached at all, in virtual time. */
  readonly outages: ReadonlyMap<string, { readonly from: number; readonly to: number }>;
}

/** Calls to fake hosts over a bad network, for one controller. Once `isDead` says so, nothing of it is answered any more. */
export function createFakeConnector(
  hosts: ReadonlyMap<string, FakeHost>,
  { lossChance, outages }: Weather,
  clock: Clock,
  random: Random,
  isDead: () => boolean,
): Connector {
  async function call<T>(host: FakeHost, act: () => T, signal?: AbortSignal, onCallerLeft?: () => void): Promise<T> {
    const never = new Promise<never>(() => {});
    const away = () => {
      const { from, to } = outages.get(host.name) ?? { from: 0, to: 0 };
      return clock.now() >= from && clock.now() < to;
    };
    await clock.sleep(random.between(1, 3_000), signal);
    if (isDead()) return never;
    if (signal?.aborted) throw routeError('CANCELLED', 'CANCELLED');
    if (away() || random.chance(lossChance)) throw routeError('UNAVAILABLE', 'UNREACHABLE');
    const answer = act();
    const hangs = random.chance(lossChance);
    await clock.sleep(hangs ? 10_000 : random.between(1, 3_000), signal);
    if (isDead() || signal?.aborted) {
      // As an agent does with an apply whose caller is gone before it was answered; it may have been answered already.
      if (random.chance(0.5)) onCallerLeft?.();
    }
    if (isDead()) return never;
    if (signal?.aborted) throw routeError('CANCELLED', 'CANCELLED');
    if (hangs) throw routeError('DEADLINE_EXCEEDED', 'DEADLINE_EXCEEDED');
    if (away() || random.chance(lossChance)) throw routeError('UNAVAILABLE', 'UNREACHABLE');
    return answer;
  }

  return async ({ name }) => {
    const host = hosts.get(name) as FakeHost;
    const client: Partial<RouteClient> = {
      getCommit: (id) => call(host, () => host.find(id as string)),
      confirmCommit: (id) => call(host, () => host.confirm(id)),
      cancelCommit: (id) => call(host, () => host.cancel(id)),
      planRoutes: (change) => call(host, () => planOf(host, change)),
      listRoutes: () => rows(call(host, () => host.row)) as never,
      applyRoutes: async (change, { commitId = '', planToken, confirmWithinMs = 0, validateOnly, signal } = {}) => {
        if (validateOnly) {
          const isAsWanted = await call(host, () => host.row?.etag === wantedBy(change)?.etag, signal);
          return { ok: true, results: [], probes: [], planned: { ...planOf(host, change), sets: isAsWanted ? 0 : 1 } };
        }
        const commit = await call(
          host,
          () => {
            if (planToken !== undefined && planToken !== tokenOf(host) && !host.applied.has(commitId)) {
              throw routeError('ABORTED', 'STALE_PLAN');
            }
            return host.apply(commitId, wantedBy(change), confirmWithinMs);
          },
          signal,
          () => host.callerLeft(commitId),
        );
        return { ok: true, results: [], probes: [], commit };
      },
      close: () => {},
    };
    return client as RouteClient;
  };
}

/** Of the one row that there is. */
function tokenOf(host: FakeHost): string {
  return `token of ${host.row?.etag}`;
}

function planOf(host: FakeHost, change: Change): Plan {
  const after = wantedBy(change);
  const before = host.row;
  const step = before === undefined && after === undefined ? [] : [{ kind: 'set', before, after } as const];
  return {
    planToken: tokenOf(host),
    revision: 1n,
    creates: 0,
    sets: 1,
    deletes: 0,
    unchanged: 0,
    bestRoutes: [],
    warnings: [],
    steps: step,
  };
}

function wantedBy(change: Change): Route | undefined {
  if ('desiredRoutes' in change) return fakeRow(change.desiredRoutes[0]?.metric ?? 0);
  const [operation] = change.operations;
  return operation !== undefined && 'put' in operation ? fakeRow(operation.put.metric ?? 0) : undefined;
}

async function* rows(row: Promise<Route | undefined>): AsyncGenerator<Route> {
  const found = await row;
  if (found !== undefined) yield found;
}
