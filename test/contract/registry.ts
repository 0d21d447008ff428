import { describe, expect, it } from 'vitest';
import { CommitState, StepKind } from '../../proto/gen/routefleet/v1/commit.pb.js';
import { RouteView } from '../../proto/gen/routefleet/v1/route_service.pb.js';
import type { ContractSubject } from './contract-host.js';
import { failureOf, useContractHost } from './fixture.js';

const minute = { seconds: 60n, nanos: 0 };

/** Rows that stand in the registry of the host as well. Where it has none, that is said. */
export function describeRegistry(subject: ContractSubject): void {
  const has = subject.capabilities.registry;

  describe(`${subject.name}: the registry`, () => {
    const fixture = useContractHost(subject);
    const wire = () => fixture.host.wire;
    /** A row, the name of its value, and what stands there now. */
    const persistentRow = async () => {
      const { registry } = fixture.host;
      if (registry === undefined) throw new Error('the host has no registry');
      const route = { destinationPrefix: fixture.prefix4(), nextHop: fixture.host.first.nextHops4[0], metric: 7 };
      const name = `${route.destinationPrefix.replace('/24', ',255.255.255.0')},${route.nextHop},1`;
      await registry.set(name);
      await fixture.create(route);
      return { route, name, stands: async () => (await registry.names()).includes(name), forget: () => registry.delete(name) };
    };
    const isMarked = async (destinationPrefix: string, view: RouteView): Promise<boolean[]> =>
      (await fixture.rowsIn(view, { destination: { $case: 'exactPrefix', value: destinationPrefix } })).map(({ inRegistry }) => inRegistry);

    it(`is told of in the capabilities: ${has}`, async () => {
      expect((await wire().getAgent()).capabilities?.registry).toBe(has);
    });

    it('is not asked for IPv6, nor by other operations than delete', async () => {
      const key = { destinationPrefix: '2001:db8:9::/48', nextHop: 'fe80::1' };
      const ipv6 = await failureOf(wire().deleteRoute({ key, alsoRegistry: true, allowMissing: true }));
      expect(ipv6).toMatchObject({ code: 'INVALID_ARGUMENT', reason: 'INVALID_ARGUMENT' });
      expect(ipv6.facts.remedy).toContain('Remove-NetRoute');
      const route = { destinationPrefix: fixture.prefix4(), nextHop: fixture.host.first.nextHops4[0] };
      const { failure } = await wire().applyRoutes({ operations: [{ operation: { $case: 'create', value: route }, alsoRegistry: true }] });
      expect(failure).toMatchObject({ code: 'INVALID_ARGUMENT', reason: 'INVALID_ARGUMENT' });
    });

    it.skipIf(has)('that is not there cannot be asked to be written', async () => {
      const route = { destinationPrefix: fixture.prefix4(), nextHop: fixture.host.first.nextHops4[0] };
      expect((await fixture.create(route)).inRegistry).toBe(false);
      expect(await failureOf(wire().deleteRoute({ key: route, alsoRegistry: true }))).toMatchObject({
        code: 'FAILED_PRECONDITION',
        reason: 'NOT_SUPPORTED',
      });
      expect((await wire().getRoute({ key: route })).route).toMatchObject(route);
    });

    it.skipIf(!has)(
      'has rows that are told so in every view, one by one, as a best route, and no longer when it has them no more',
      async () => {
        const { route, forget } = await persistentRow();
        const { destinationPrefix } = route;
        for (const view of [RouteView.FULL, RouteView.PACKED]) expect(await isMarked(destinationPrefix, view)).toEqual([true]);
        expect((await wire().getRoute({ key: route })).route?.inRegistry).toBe(true);
        expect((await wire().getBestRoute({ destination: destinationPrefix.replace('.0/24', '.9') })).route?.inRegistry).toBe(true);
        await forget();
        for (const view of [RouteView.FULL, RouteView.PACKED]) expect(await isMarked(destinationPrefix, view)).toEqual([false]);
      },
    );

    it.skipIf(!has)('is left alone unless asked, and answers and plans warn of what comes back', async () => {
      const { route, stands, forget } = await persistentRow();
      const { summary } = await wire().planRoutes({ operations: [{ operation: { $case: 'delete', value: route } }] });
      expect(summary.warnings).toMatchObject([{ reason: 'RETURNS_AT_BOOT', risk: 0 }]);
      expect((await wire().setRoute({ route: { ...route, metric: 9 } })).warnings).toMatchObject([{ reason: 'RETURNS_AT_BOOT' }]);
      const deleted = await wire().deleteRoute({ key: route });
      expect(deleted).toMatchObject({ registryValues: [], warnings: [{ reason: 'RETURNS_AT_BOOT' }] });
      expect(await stands()).toBe(true);
      await forget();
    });

    it.skipIf(!has)('loses what it is asked to, and has it again when that is undone', async () => {
      const { route, name, stands } = await persistentRow();
      const options = { confirmWithin: minute, commitId: `registry-${route.destinationPrefix}` };
      const dry = await wire().deleteRoute({ key: route, alsoRegistry: true, options: { validateOnly: true } });
      expect(dry).toMatchObject({ registryValues: [name], warnings: [], commit: undefined });
      expect(await stands()).toBe(true);
      const deleted = await wire().deleteRoute({ key: route, alsoRegistry: true, options });
      expect(deleted).toMatchObject({ registryValues: [name], warnings: [], commit: { state: CommitState.PENDING_CONFIRMATION } });
      expect(await stands()).toBe(false);
      await wire().cancelCommit({ commitId: options.commitId });
      expect(await stands()).toBe(true);
      expect((await wire().getRoute({ key: route })).route).toMatchObject({ ...route, inRegistry: true });

      const operations = [{ operation: { $case: 'delete' as const, value: route }, alsoRegistry: true }];
      expect((await wire().planRoutes({ operations })).steps).toMatchObject([{ kind: StepKind.DELETE, registryValues: [name] }]);
      const { commit } = await wire().applyRoutes({ operations });
      expect(commit).toMatchObject({ state: CommitState.COMMITTED, steps: [{ kind: StepKind.DELETE, registryValues: [name] }] });
      expect(await stands()).toBe(false);
    });
  });
}
