import { describe, expect, it } from 'vitest';
import { Atomicity, CommitState, Risk, StepKind } from '../../proto/gen/routefleet/v1/commit.pb.js';
import type { Route, RouteSpec } from '../../proto/gen/routefleet/v1/route.pb.js';
import type { Partially, WireChange } from '../support/wire.js';
import { reasonOf } from '../support/wire.js';
import type { ContractSubject } from './contract-host.js';
import { byAlias, failureOf, useContractHost } from './fixture.js';

const minute = { seconds: 60n, nanos: 0 };
const moment = { seconds: 0n, nanos: 200_000_000 };

function keyOf({ destinationPrefix, nextHop, interfaceIndex }: Pick<Route, 'destinationPrefix' | 'nextHop' | 'interfaceIndex'>): string {
  return `${destinationPrefix} ${nextHop} ${interfaceIndex}`;
}

/** Why a case is skipped, for its name. */
function unlessDefaultRoutes({ capabilities }: ContractSubject): string {
  return capabilities.defaultRoutes ? '' : ' (skipped: the default routes of this host are not ours)';
}

/** Changes that are planned, applied, confirmed or undone. */
export function describeCommits(subject: ContractSubject): void {
  describe(`${subject.name}: commits`, () => {
    const fixture = useContractHost(subject);
    const wire = () => fixture.host.wire;
    const spec = (metric: number, destinationPrefix = fixture.prefix4()) => ({
      destinationPrefix,
      nextHop: fixture.host.first.nextHops4[0],
      metric,
    });
    const rowOf = async (route: Partially<RouteSpec>) => {
      const { routes } = await wire().listRoutes({ destination: { $case: 'exactPrefix', value: route.destinationPrefix ?? '' } });
      return routes.map(({ metric }) => metric);
    };
    /** Rows that were deleted and put back are younger, made by hand, and at another place of the table. */
    const table = async () => {
      const { routes } = await wire().listRoutes();
      const told = routes.map((route) => ({ ...route, age: undefined, origin: undefined }));
      return told.toSorted((a, b) => keyOf(a).localeCompare(keyOf(b)));
    };
    /** Three rows to change: one to create, one to set, one to delete, sent in the wrong order. */
    const threeOperations = async (): Promise<WireChange & { readonly rows: readonly Partially<RouteSpec>[] }> => {
      const [created, changed, deleted] = [spec(1), spec(2), spec(3)];
      await fixture.create(changed);
      await fixture.create(deleted);
      return {
        rows: [created, changed, deleted],
        operations: [
          { operation: { $case: 'delete', value: deleted } },
          { operation: { $case: 'set', value: { ...changed, metric: 22 } } },
          { operation: { $case: 'create', value: created } },
        ],
      };
    };

    it('plans in the order create, set, delete, and writes nothing', async () => {
      const change = await threeOperations();
      const before = await wire().listRoutes();
      const { summary, steps } = await wire().planRoutes({ ...change, header: { destinations: ['198.18.255.255'] } });
      expect(steps.map(({ kind, operationIndex }) => [kind, operationIndex])).toEqual([
        [StepKind.CREATE, 2],
        [StepKind.SET, 1],
        [StepKind.DELETE, 0],
      ]);
      expect(steps[1]).toMatchObject({ before: { metric: 2 }, after: { metric: 22 } });
      expect(summary).toMatchObject({ creates: 1, sets: 1, deletes: 1, unchanged: 0, revision: before.revision });
      expect(summary.bestRoutes.filter(({ management }) => !management)).toMatchObject([{ destination: '198.18.255.255' }]);
      expect((await wire().planRoutes(change)).summary.planToken).toBe(summary.planToken);
      expect((await wire().listRoutes()).revision).toBe(before.revision);
    });

    it('applies a plan, tells of every operation, and has nothing left to do', async () => {
      const change = await threeOperations();
      const { summary } = await wire().planRoutes(change);
      const applied = await wire().applyRoutes({ ...change, header: { planToken: summary.planToken, options: { comment: 'three rows' } } });
      expect(applied).toMatchObject({ failure: undefined, results: ['', '', ''], events: ['planned', 'progress', 'results', 'commit'] });
      expect(applied.commit).toMatchObject({ state: CommitState.COMMITTED, comment: 'three rows', status: undefined });
      expect(applied.commit?.steps.every((step) => step.function !== '')).toBe(true);
      const [created, changed, deleted] = change.rows;
      expect([await rowOf(created ?? {}), await rowOf(changed ?? {}), await rowOf(deleted ?? {})]).toEqual([[1], [22], []]);
      const put = change.rows.map((route) => ({ operation: { $case: 'put' as const, value: { ...route, metric: 5 } } }));
      await wire().applyRoutes({ operations: put });
      expect(await wire().planRoutes({ operations: put })).toMatchObject({ summary: { unchanged: 3, creates: 0, sets: 0 } });
      const again = await wire().applyRoutes({ operations: put });
      expect(again).toMatchObject({ commit: undefined, results: ['', '', ''] });
      for (const route of change.rows) await wire().deleteRoute({ key: route });
    });

    it('refuses a plan that is stale: of another table, and of another change', async () => {
      const change = await threeOperations();
      const { planToken } = (await wire().planRoutes(change)).summary;
      const other = await wire().applyRoutes({ operations: change.operations?.slice(1) ?? [], header: { planToken } });
      expect(other.failure).toMatchObject({ code: 'ABORTED', reason: 'STALE_PLAN', facts: { changed: 'change' } });
      const foreign = await fixture.create(spec(9));
      const stale = await wire().applyRoutes({ ...change, header: { planToken } });
      expect(stale.failure).toMatchObject({ code: 'ABORTED', reason: 'STALE_PLAN', facts: { changed: 'table' } });
      expect(stale.failure?.message).toContain(
        `${foreign.destinationPrefix} via ${foreign.nextHop} on interface ${foreign.interfaceIndex} is new`,
      );
      expect(await rowOf(change.rows[0] ?? {})).toEqual([]);
    });

    it('applies nothing when one operation cannot be done, and says which', async () => {
      const change = await threeOperations();
      const missing = { operation: { $case: 'set' as const, value: { ...spec(4), interface: byAlias(fixture.host.first.alias) } } };
      const before = await table();
      const operations = [...(change.operations ?? []), missing];
      const applied = await wire().applyRoutes({ operations });
      expect(applied.failure).toMatchObject({ code: 'NOT_FOUND', reason: 'ROUTE_NOT_FOUND', facts: { operation_index: '3' } });
      expect(applied.results).toEqual(['NOT_ATTEMPTED', 'NOT_ATTEMPTED', 'NOT_ATTEMPTED', 'ROUTE_NOT_FOUND']);
      expect(await table()).toEqual(before);

      const header = { atomicity: Atomicity.CONTINUE_ON_ERROR };
      expect(await wire().applyRoutes({ operations, header })).toMatchObject({
        failure: undefined,
        results: ['', '', '', 'ROUTE_NOT_FOUND'],
        commit: { state: CommitState.COMMITTED },
      });
      expect(await rowOf(change.rows[1] ?? {})).toEqual([22]);
      await wire().deleteRoute({ key: change.rows[0] ?? {} });
    });

    it('undoes what is not confirmed, and keeps every other write out until then', async () => {
      const change = await threeOperations();
      const before = await table();
      const applied = await wire().applyRoutes({ ...change, header: { options: { confirmWithin: minute, commitId: 'wait-1' } } });
      expect(applied.commit).toMatchObject({ id: 'wait-1', state: CommitState.PENDING_CONFIRMATION });
      const fenced = await failureOf(wire().createRoute({ route: spec(8) }));
      expect(fenced).toMatchObject({ code: 'FAILED_PRECONDITION', reason: 'COMMIT_PENDING', facts: { commit_id: 'wait-1' } });
      expect((await wire().getAgent()).pendingCommit).toMatchObject({ id: 'wait-1' });
      expect(await failureOf(wire().confirmCommit({ commitId: 'wait-2' }))).toMatchObject({
        code: 'INVALID_ARGUMENT',
        reason: 'COMMIT_ID_MISMATCH',
      });
      await wire().extendCommit({ commitId: 'wait-1', confirmWithin: moment });
      await expect.poll(async () => (await wire().getCommit({ commitId: 'wait-1' })).commit?.state).toBe(CommitState.ROLLED_BACK);
      const { commit } = await wire().getCommit({ commitId: 'wait-1' });
      expect(commit?.status && reasonOf(commit.status)).toBe('NOT_CONFIRMED');
      expect(await table()).toEqual(before);
      expect(await failureOf(wire().confirmCommit({ commitId: 'wait-1' }))).toMatchObject({
        code: 'FAILED_PRECONDITION',
        reason: 'COMMIT_NOT_PENDING',
      });
      expect((await wire().getAgent()).pendingCommit).toBeUndefined();
    });

    it('lets stand what is confirmed, once', async () => {
      const route = spec(5);
      const { commit } = await wire().createRoute({ route, options: { confirmWithin: minute } });
      expect(commit?.state).toBe(CommitState.PENDING_CONFIRMATION);
      expect((await wire().confirmCommit({ commitId: commit?.id ?? '' })).commit?.state).toBe(CommitState.COMMITTED);
      expect(await failureOf(wire().confirmCommit({ commitId: commit?.id ?? '' }))).toMatchObject({ reason: 'COMMIT_NOT_PENDING' });
      expect(await rowOf(route)).toEqual([5]);
      await wire().deleteRoute({ key: route });
    });

    it('cancels at once, and refuses a confirmation over the connection of the apply when a fresh one is asked for', async () => {
      const route = spec(5);
      const options = { confirmWithin: minute, requireFreshConnection: true, commitId: `fresh-${Date.now()}` };
      await wire().createRoute({ route, options });
      const { commitId } = options;
      expect(await failureOf(wire().confirmCommit({ commitId }))).toMatchObject({
        code: 'FAILED_PRECONDITION',
        reason: 'FRESH_CONNECTION_REQUIRED',
      });
      expect((await wire().cancelCommit({ commitId })).commit).toMatchObject({ state: CommitState.ROLLED_BACK });
      expect(await rowOf(route)).toEqual([]);
    });

    it('answers a repeated request with the commit that it made', async () => {
      const route = spec(5);
      const options = { requestId: `request-${Date.now()}` };
      const first = await wire().createRoute({ route, options });
      expect(await wire().createRoute({ route, options })).toEqual(first);
      expect(await failureOf(wire().createRoute({ route: { ...route, metric: 6 }, options }))).toMatchObject({
        code: 'INVALID_ARGUMENT',
        reason: 'REQUEST_ID_REUSED',
      });
      expect((await wire().getCommit(options)).commit?.id).toBe(first.commit?.id);
      await wire().deleteRoute({ key: route });
      expect(await failureOf(wire().createRoute({ route, options: { commitId: first.commit?.id ?? '' } }))).toMatchObject({
        code: 'ALREADY_EXISTS',
        reason: 'COMMIT_EXISTS',
      });
    });

    it('keeps the set of an owner, and touches no row beside it', async () => {
      const [a, b, c, foreign] = [spec(1), spec(2), spec(3), spec(4)];
      await fixture.create(foreign);
      const header = { replaceOwned: true, options: { owner: 'team-a' } };
      await wire().applyRoutes({ header, desiredRoutes: [a, b] });
      const { summary, steps } = await wire().planRoutes({ header, desiredRoutes: [{ ...b, metric: 20 }, c] });
      expect(summary).toMatchObject({ creates: 1, sets: 1, deletes: 1 });
      expect(steps.at(-1)).toMatchObject({ kind: StepKind.DELETE, before: { destinationPrefix: a.destinationPrefix, owner: 'team-a' } });
      await wire().applyRoutes({ header, desiredRoutes: [{ ...b, metric: 20 }, c] });
      const { routes } = await wire().listRoutes({ owner: 'team-a' });
      expect(routes.map(({ destinationPrefix, metric }) => [destinationPrefix, metric]).sort()).toEqual([
        [b.destinationPrefix, 20],
        [c.destinationPrefix, 3],
      ]);
      const refused = await failureOf(wire().deleteRoute({ key: b }));
      expect(refused).toMatchObject({ code: 'FAILED_PRECONDITION', reason: 'RISK_NOT_ACCEPTED', facts: { risk: 'OTHER_OWNER' } });
      await wire().deleteRoute({ key: b, options: { acceptedRisks: [Risk.OTHER_OWNER] } });
      await wire().applyRoutes({ header, desiredRoutes: [] });
      expect(await rowOf(c)).toEqual([]);
      expect(await rowOf(foreign)).toEqual([4]);
    });

    it.skipIf(!subject.capabilities.defaultRoutes)(
      `takes the default route away only with consent and a way back${unlessDefaultRoutes(subject)}`,
      async () => {
        const before = await table();
        const [found] = (await wire().listRoutes({ destination: { $case: 'exactPrefix', value: '0.0.0.0/0' } })).routes;
        const key = { destinationPrefix: '0.0.0.0/0', nextHop: found?.nextHop, interface: byAlias(found?.interfaceAlias ?? '') };
        const acceptedRisks = [Risk.DEFAULT_ROUTE, Risk.MANAGEMENT_PATH];
        for (const options of [{}, { acceptedRisks }, { confirmWithin: minute }]) {
          const refused = await failureOf(wire().deleteRoute({ key, options }));
          expect(refused).toMatchObject({ reason: 'RISK_NOT_ACCEPTED', facts: { risk: 'DEFAULT_ROUTE', needs: 'both' } });
        }
        expect(await table()).toEqual(before);
        const { commit } = await wire().deleteRoute({ key, options: { acceptedRisks, confirmWithin: minute } });
        await wire().cancelCommit({ commitId: commit?.id ?? '' });
        expect(await table()).toEqual(before);
      },
    );

    it.skipIf(!subject.capabilities.defaultRoutes)(
      `sets the default gateway as the document does, and restores the old one${unlessDefaultRoutes(subject)}`,
      async () => {
        const before = await table();
        const old = before.filter(({ destinationPrefix }) => destinationPrefix === '0.0.0.0/0');
        const nextHop = fixture.host.first.nextHops4[1];
        const { route, replaced, commit } = await wire().setDefaultGateway({ nextHop, options: { confirmWithin: minute } });
        expect(route).toMatchObject({ destinationPrefix: '0.0.0.0/0', nextHop, metric: old[0]?.metric });
        expect(replaced.map((row) => row.nextHop)).toEqual(old.map((row) => row.nextHop));
        const now = (await table()).filter(({ destinationPrefix }) => destinationPrefix === '0.0.0.0/0');
        expect(now).toMatchObject([{ nextHop }]);
        await wire().cancelCommit({ commitId: commit?.id ?? '' });
        expect(await table()).toEqual(before);
      },
    );

    it('lists the history, newest first, page by page', async () => {
      const { commits, nextPageToken } = await wire().listCommits({ pageSize: 2 });
      expect(commits).toHaveLength(2);
      const next = await wire().listCommits({ pageSize: 2, pageToken: nextPageToken });
      const all = [...commits, ...next.commits];
      expect(new Set(all.map(({ id }) => id)).size).toBe(4);
      const times = all.map(({ createTime }) => createTime?.getTime() ?? 0);
      expect(times).toEqual(times.toSorted((a, b) => b - a));
      expect(await failureOf(wire().getCommit({ commitId: 'never' }))).toMatchObject({ code: 'NOT_FOUND', reason: 'COMMIT_NOT_FOUND' });
    });
  });
}
