import { describe, expect, it, onTestFinished } from 'vitest';
import { Risk } from '../../proto/gen/routefleet/v1/commit.pb.js';
import {
  ChangeKind,
  ResyncReason,
  type RouteChange,
  type WatchRoutesRequest,
  WatchSource,
} from '../../proto/gen/routefleet/v1/route_service.pb.js';
import { sameOnWire, type Watching, watchedKey, watchOnWire } from '../support/watching.js';
import type { Partially } from '../support/wire.js';
import type { ContractSubject } from './contract-host.js';
import { failureOf, useContractHost } from './fixture.js';

const often = { seconds: 0n, nanos: 100_000_000 };

/** A table that is followed. */
export function describeWatch(subject: ContractSubject): void {
  describe(`${subject.name}: watch`, () => {
    const fixture = useContractHost(subject);
    const wire = () => fixture.host.wire;
    const watch = (request: Partially<WatchRoutesRequest> = {}): Watching => {
      const watching = watchOnWire(wire(), { heartbeatInterval: often, ...request });
      onTestFinished(() => watching.close());
      return watching;
    };
    const spec = (metric: number, destinationPrefix = fixture.prefix4()) => ({
      destinationPrefix,
      nextHop: fixture.host.first.nextHops4[0],
      metric,
    });
    const exactly = (prefix: string) => ({ filter: { destination: { $case: 'exactPrefix', value: prefix } as const } });
    const told = ({ kind, previous, route, commitId }: RouteChange) => ({
      kind,
      metrics: [previous?.metric, route?.metric],
      owners: [previous?.owner, route?.owner],
      commitId,
    });

    it('begins with established, the whole table and its end', async () => {
      const watching = watch();
      await watching.ready();
      const { revision, bootId, routes } = await wire().listRoutes();
      const { capabilities } = await wire().getAgent();
      const established = watching.last('established');
      expect(established).toMatchObject({ bootId, revision });
      expect(established.source).toBe(capabilities?.notifications ? WatchSource.NOTIFICATIONS : WatchSource.POLLING);
      expect(established.pollInterval === undefined).toBe(capabilities?.notifications);
      expect(watching.events.map(({ $case }) => $case).slice(0, 3)).toEqual(['established', 'snapshot', 'snapshotEnd']);
      expect(watching.last('snapshotEnd')).toEqual({ revision, routeCount: routes.length });
      expect(routes.filter((route) => !sameOnWire(route, watching.rows.get(watchedKey(route)) ?? route))).toEqual([]);
      expect([...watching.rows.keys()].sort()).toEqual(routes.map(watchedKey).sort());
    });

    it('tells of every write with the row before and the commit that did it', async () => {
      const route = spec(7);
      const watching = watch(exactly(route.destinationPrefix));
      await watching.ready();
      const { commit: created } = await wire().createRoute({ route });
      const { commit: changed } = await wire().setRoute({ route: { ...route, metric: 9 } });
      const { commit: deleted } = await wire().deleteRoute({ key: route });
      await watching.until(() => watching.changes.length === 3);
      expect(watching.changes.map(told)).toEqual([
        { kind: ChangeKind.ADDED, metrics: [undefined, 7], owners: [undefined, ''], commitId: created?.id },
        { kind: ChangeKind.CHANGED, metrics: [7, 9], owners: ['', ''], commitId: changed?.id },
        { kind: ChangeKind.REMOVED, metrics: [9, undefined], owners: ['', undefined], commitId: deleted?.id },
      ]);
      expect(watching.last('changes').resumeRevision).toBe(watching.changes[2]?.revision);
      expect((await wire().listRoutes()).revision).toBe(watching.changes[2]?.revision);
    });

    it('tells of a commit that was undone as its own doing', async () => {
      const route = spec(7);
      const watching = watch(exactly(route.destinationPrefix));
      await watching.ready();
      await wire().createRoute({ route, options: { owner: 'team', confirmWithin: { seconds: 60n, nanos: 0 }, commitId: 'undone' } });
      await wire().cancelCommit({ commitId: 'undone' });
      await watching.until(() => watching.changes.length === 2);
      expect(watching.changes.map(told)).toEqual([
        { kind: ChangeKind.ADDED, metrics: [undefined, 7], owners: [undefined, 'team'], commitId: 'undone' },
        { kind: ChangeKind.REMOVED, metrics: [7, undefined], owners: ['team', undefined], commitId: 'undone' },
      ]);
    });

    it('takes a row that leaves the filter for removed, and one that enters it for added', async () => {
      const route = spec(10);
      await fixture.create(route);
      const { filter } = exactly(route.destinationPrefix);
      const low = watch({ filter: { ...filter, maxMetric: 20 } });
      const high = watch({ filter: { ...filter, minMetric: 21 } });
      await Promise.all([low.ready(), high.ready()]);
      expect([low.rows.size, high.rows.size]).toEqual([1, 0]);
      for (const metric of [15, 30, 31, 12]) await wire().setRoute({ route: { ...route, metric } });
      await Promise.all([low.until(() => low.changes.length === 3), high.until(() => high.changes.length === 3)]);
      expect(low.changes.map((change) => told(change).metrics)).toEqual([
        [10, 15],
        [15, undefined],
        [undefined, 12],
      ]);
      expect(high.changes.map((change) => told(change).metrics)).toEqual([
        [undefined, 30],
        [30, 31],
        [31, undefined],
      ]);
    });

    it('tells whose a row is now, also when nothing was written to it', async () => {
      const route = spec(5);
      await fixture.create(route);
      const { filter } = exactly(route.destinationPrefix);
      const owned = watch({ filter: { ...filter, owner: 'team' } });
      const all = watch({ filter });
      await Promise.all([owned.ready(), all.ready()]);
      const put = { $case: 'put', value: route } as const;
      const options = { owner: 'team', acceptedRisks: [Risk.OTHER_OWNER] };
      const { commit } = await wire().applyRoutes({ header: { options }, operations: [{ operation: put }] });
      await Promise.all([owned.until(() => owned.changes.length === 1), all.until(() => all.changes.length === 1)]);
      expect(owned.changes.map(told)).toEqual([
        { kind: ChangeKind.ADDED, metrics: [undefined, 5], owners: [undefined, 'team'], commitId: commit?.id },
      ]);
      expect(all.changes.map(told)).toEqual([{ kind: ChangeKind.CHANGED, metrics: [5, 5], owners: ['', 'team'], commitId: commit?.id }]);
      await wire().deleteRoute({ key: route, options: { owner: 'team' } });
      await owned.until(() => owned.rows.size === 0);
    });

    it('goes on from a revision with what was missed, and with nothing else', async () => {
      const [before, after] = [spec(1), spec(2)];
      const { filter } = { filter: { destination: { $case: 'withinPrefix', value: '198.18.0.0/15' } as const } };
      const first = watch({ filter });
      await first.ready();
      await fixture.create(before);
      await first.until(() => first.changes.length === 1);
      first.close();
      await fixture.create(after);
      await wire().setRoute({ route: { ...after, metric: 3 } });
      const since = { bootId: first.last('established').bootId, revision: first.last('changes').resumeRevision };
      const second = watch({ filter, since });
      await second.until(() => second.changes.length === 2);
      expect(second.events.map(({ $case }) => $case).slice(0, 2)).toEqual(['established', 'resumed']);
      expect(second.last('resumed').revision).toBe(since.revision);
      expect(second.changes.map((change) => told(change).metrics)).toEqual([
        [undefined, 2],
        [2, 3],
      ]);
    });

    it.each([
      ['another run of the agent', ResyncReason.OTHER_BOOT, { bootId: 'another', revision: 1n }],
      ['a revision before its history', ResyncReason.HISTORY_EXCEEDED, { revision: 0n }],
      ['a revision that was never there', ResyncReason.HISTORY_EXCEEDED, { revision: 1n << 60n }],
    ])('says that a resume point of %s is of no use, and sends the table', async (_what, reason, since) => {
      const { bootId } = await wire().getAgent();
      const watching = watch({ since: { bootId, ...since } });
      await watching.ready();
      expect(watching.events.map(({ $case }) => $case).slice(0, 4)).toEqual(['established', 'resyncRequired', 'snapshot', 'snapshotEnd']);
      expect(watching.last('resyncRequired')).toEqual({ reason });
    });

    it('gives signs of life with the revision up to which everything was sent', async () => {
      const [unseen, seen] = [spec(1), spec(2)];
      const watching = watch(exactly(seen.destinationPrefix));
      await watching.ready();
      expect(watching.last('snapshotEnd').routeCount).toBe(0);
      await fixture.create(unseen);
      const { revision } = await wire().listRoutes();
      await watching.until(() => watching.events.some((event) => event.$case === 'heartbeat' && event.value.revision >= revision));
      expect(watching.changes).toEqual([]);
    });

    it('refuses a filter and a heartbeat interval that cannot be', async () => {
      const heartbeatInterval = { seconds: 0n, nanos: 99_000_000 };
      const tooOften = await watch({ heartbeatInterval }).ended();
      expect(tooOften).toMatchObject({ code: 'INVALID_ARGUMENT', reason: 'INVALID_DURATION' });
      expect(tooOften.message).toBe('heartbeat_interval: 99 ms is below 100 ms');
      expect(await watch({ heartbeatInterval: { seconds: 3601n, nanos: 0 } }).ended()).toMatchObject({ reason: 'INVALID_DURATION' });
      expect(await watch(exactly('10.0.0.1/8')).ended()).toMatchObject({ code: 'INVALID_ARGUMENT', reason: 'HOST_BITS_SET' });
      expect(await failureOf(wire().listRoutes(exactly('10.0.0.1/8').filter))).toMatchObject({ reason: 'HOST_BITS_SET' });
    });
  });
}
