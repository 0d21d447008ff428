import { expect, it, onTestFinished } from 'vitest';
import { type ProfileName, startTestAgent, type TestAgent } from '../../../agent/testing.js';
import { ChangeKind, ResyncReason, type RouteChange, WatchSource } from '../../../proto/gen/routefleet/v1/route_service.pb.js';
import { type Watching, watchOnWire } from '../../support/watching.js';
import { connectWire, type Wire } from '../../support/wire.js';

async function start(profile: ProfileName): Promise<{ agent: TestAgent; wire: Wire; watching: Watching }> {
  const agent = await startTestAgent({ profile });
  const wire = connectWire(agent.address);
  const watching = watchOnWire(wire);
  onTestFinished(async () => {
    watching.close();
    wire.close();
    await agent.close();
  });
  await watching.ready();
  return { agent, wire, watching };
}

const told = ({ kind, route, previous, commitId }: RouteChange) => [kind, (route ?? previous)?.destinationPrefix, commitId];

it('tells of another program within the burst that it makes, without a commit', async () => {
  const { agent, watching } = await start('datacenter');
  const row = { interfaceAlias: 'Storage', destinationPrefix: '10.99.0.0/16', nextHop: '10.40.0.254' };
  agent.control.addRoute({ ...row, metric: 5 });
  await watching.until(() => watching.changes.length === 1);
  agent.control.deleteRoute(row);
  await watching.until(() => watching.changes.length === 2);
  expect(watching.changes.map(told)).toEqual([
    [ChangeKind.ADDED, '10.99.0.0/16', ''],
    [ChangeKind.REMOVED, '10.99.0.0/16', ''],
  ]);
  expect(watching.changes[0]?.observeTime).toBeInstanceOf(Date);
});

it('tells of the metric of an interface as a change of its rows', async () => {
  const { agent, watching } = await start('datacenter');
  agent.control.setInterfaceMetric('Storage', 77, 4);
  await watching.until(() => watching.changes.length > 0);
  expect(watching.changes.every(({ kind, commitId }) => kind === ChangeKind.CHANGED && commitId === '')).toBe(true);
  const metrics = watching.changes.map(({ previous, route }) => [previous?.interfaceMetric, route?.interfaceMetric]);
  expect(new Set(metrics.map(String))).toEqual(new Set(['50,77']));
  expect(watching.changes.every(({ route }) => route?.effectiveMetric === (route?.metric ?? 0) + 77)).toBe(true);
});

it('tells of the rows that come and go with an interface', async () => {
  const { agent, wire, watching } = await start('datacenter');
  const before = watching.rows.size;
  const storage = [...watching.rows.values()].filter(({ interfaceAlias }) => interfaceAlias === 'Storage').length;
  expect(storage).toBeGreaterThan(2);
  agent.control.setInterfaceUp('Storage', false);
  await watching.until(() => watching.rows.size === before - storage);
  agent.control.setInterfaceUp('Storage', true);
  await watching.until(() => watching.rows.size === before);
  expect((await wire.listRoutes()).revision).toBe(watching.changes.at(-1)?.revision);
});

it('reads again and again where the host tells of nothing, and says so', async () => {
  const { agent, watching } = await start('legacy');
  expect(watching.last('established')).toMatchObject({ source: WatchSource.POLLING, pollInterval: { seconds: 2n, nanos: 0 } });
  const { revision } = watching.last('snapshotEnd');
  agent.control.addManyRoutes(3);
  await watching.until(() => watching.changes.length === 3);
  expect(watching.changes.map((change) => change.revision - revision)).toEqual([1n, 2n, 3n]);
});

it('ends with the agent, and after its restart says that it is another run', async () => {
  const { agent, wire, watching } = await start('office');
  const { bootId } = watching.last('established');
  const { revision } = watching.last('snapshotEnd');
  const ended = watching.ended();
  await agent.restart();
  expect(await ended).toMatchObject({ code: 'UNAVAILABLE', reason: 'AGENT_STOPPING' });
  const again = watchOnWire(wire, { since: { bootId, revision } });
  onTestFinished(() => again.close());
  await again.ready();
  expect(again.last('resyncRequired')).toEqual({ reason: ResyncReason.OTHER_BOOT });
  expect(again.last('established').bootId).not.toBe(bootId);
});

it('ends with what Windows says when the table cannot be read', async () => {
  const { agent, wire, watching } = await start('office');
  agent.control.fail('GetIpForwardTable2', { call: 'every', code: 8 });
  agent.control.addManyRoutes(1);
  expect(await watching.ended()).toMatchObject({ reason: 'OUT_OF_MEMORY', facts: { win32_code: '8', function: 'GetIpForwardTable2' } });
  agent.control.clearFaults();
  const again = watchOnWire(wire, {
    since: { bootId: watching.last('established').bootId, revision: watching.last('snapshotEnd').revision },
  });
  onTestFinished(() => again.close());
  await again.until(() => again.changes.length === 1);
  expect(again.events.map(({ $case }) => $case)).toEqual(['established', 'resumed', 'changes']);
});

it('holds one registration of each kind, however many watch', async () => {
  const { agent, wire, watching } = await start('office');
  const { registrations } = agent.control;
  expect(registrations).toBe(3);
  const others = Array.from({ length: 20 }, () => watchOnWire(wire));
  await Promise.all(others.map((other) => other.ready()));
  expect(agent.control.registrations).toBe(registrations);
  agent.control.addManyRoutes(1);
  const readings = agent.control.calls('GetIpForwardTable2');
  await Promise.all([watching, ...others].map((each) => each.until(() => each.changes.length === 1)));
  expect(agent.control.calls('GetIpForwardTable2')).toBe(readings + 1);
  for (const other of others) other.close();
  await agent.close();
  expect(agent.control.registrations).toBe(0);
});
