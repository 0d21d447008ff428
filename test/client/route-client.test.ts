import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestAgent, type TestAgent } from '../../agent/testing.js';
import { connect, type RouteClient } from '../../client/index.js';
import { caught } from './support/caught.js';

const nextHop = '10.20.0.1';
const key = { destinationPrefix: '10.99.0.0/16', nextHop };
let agent: TestAgent;
let client: RouteClient;

beforeAll(async () => {
  agent = await startTestAgent({ profile: 'office' });
  client = connect({ address: agent.address, insecure: true });
});

afterAll(async () => {
  client.close();
  await agent.close();
});

describe('a client of a simulated Windows host', () => {
  it('knows the agent and its interfaces', async () => {
    expect(await client.getAgent()).toMatchObject({ hostName: 'office', engine: 'simulated', capabilities: { ipv4Writes: 'classic' } });
    const ethernet = (await client.listInterfaces()).find(({ alias }) => alias === 'Ethernet');
    expect(ethernet).toMatchObject({ index: 12, operationalStatus: 'up', luid: expect.any(BigInt) });
    expect(ethernet?.bindings.map(({ family }) => family)).toEqual(['ipv4', 'ipv6']);
  });

  it('lists one snapshot, filtered by the host', async () => {
    const listing = client.listRoutes({ family: 'ipv6', destination: { covering: '2001:db8:99::1' } });
    const header = await listing.header;
    const routes = await listing.toArray();
    expect(routes).toHaveLength(header.routeCount);
    expect(routes.map(({ destinationPrefix, nextHop: via }) => [destinationPrefix, via])).toEqual([['::/0', 'fe80::1%12']]);
  });

  it('lists every row of a big table', async () => {
    const big = await startTestAgent({ profile: 'datacenter' });
    const reader = connect({ address: big.address, insecure: true });
    big.control.addManyRoutes(20_000);
    const prefixes = new Set<string>();
    for await (const { destinationPrefix, nextHop: via, interfaceIndex } of reader.listRoutes()) {
      prefixes.add(`${destinationPrefix} ${via} ${interfaceIndex}`);
    }
    reader.close();
    await big.close();
    expect(prefixes.size).toBeGreaterThan(20_000);
  });

  it('creates, repeats, changes and deletes a row', async () => {
    const created = await client.createRoute({ ...key, metric: 5 });
    expect(created).toMatchObject({ alreadyExisted: false, function: 'CreateIpForwardEntry' });
    expect(created.route).toMatchObject({ ...key, metric: 5, interfaceMetric: 25, effectiveMetric: 30, protocol: 'netMgmt' });
    expect(await client.createRoute({ ...key, metric: 5 }, { allowExisting: true })).toMatchObject({
      alreadyExisted: true,
      function: undefined,
    });
    expect(await client.setRoute({ ...key, metric: 9 }, { etag: created.route.etag })).toMatchObject({
      route: { metric: 9 },
      previous: { metric: 5 },
    });
    expect(await client.getRoute(key)).toMatchObject({ metric: 9 });
    expect(await client.getBestRoute({ destination: '10.99.1.1' })).toMatchObject({ route: key, sourceAddress: '10.20.0.10' });
    expect(await client.deleteRoute(key)).toMatchObject({ route: { metric: 9 }, function: 'DeleteIpForwardEntry' });
    expect(await client.deleteRoute(key, { allowMissing: true })).toEqual({ registryValues: [], warnings: [] });
  });

  it('writes nothing with validateOnly', async () => {
    expect(await client.createRoute({ ...key, metric: 5 }, { validateOnly: true })).toMatchObject({ route: { metric: 5 } });
    expect(await caught(client.getRoute(key))).toMatchObject({ code: 'NOT_FOUND', reason: 'ROUTE_NOT_FOUND', method: 'GetRoute' });
  });

  it('carries etag and revision to the host', async () => {
    await client.createRoute(key);
    expect(await caught(client.setRoute({ ...key, metric: 1 }, { etag: 'old' }))).toMatchObject({
      code: 'ABORTED',
      reason: 'ETAG_MISMATCH',
    });
    expect(await caught(client.deleteRoute(key, { etag: 'old' }))).toMatchObject({ reason: 'ETAG_MISMATCH' });
    expect(await caught(client.deleteRoute(key, { expectedRevision: 0n }))).toMatchObject({ reason: 'REVISION_MISMATCH' });
    const { revision } = await client.listRoutes().header;
    expect(await client.deleteRoute(key, { expectedRevision: revision })).toMatchObject({ function: 'DeleteIpForwardEntry' });
  });

  it('tells that there is a row already', async () => {
    await client.createRoute(key);
    const error = await caught(client.createRoute({ ...key, metric: 1 }));
    await client.deleteRoute(key);
    expect(error).toMatchObject({ code: 'ALREADY_EXISTS', reason: 'ROUTE_EXISTS', remedy: expect.stringMatching(/\w/) });
  });

  it('tells what Windows said', async () => {
    agent.control.fail('CreateIpForwardEntry', { call: 1, code: 5 });
    expect(await caught(client.createRoute(key))).toMatchObject({
      code: 'PERMISSION_DENIED',
      reason: 'ACCESS_DENIED',
      method: 'CreateRoute',
      address: agent.address,
      win32: { code: 5, name: 'ERROR_ACCESS_DENIED', function: 'CreateIpForwardEntry' },
      remedy: expect.stringMatching(/\w/),
    });
  });

  it('sends nothing that no host could take', async () => {
    const calls = agent.control.calls('CreateIpForwardEntry');
    const bad = { destinationPrefix: '10.0.0.1/8' };
    for (const attempt of [
      client.createRoute(bad),
      client.setRoute(bad),
      client.deleteRoute(bad),
      client.getRoute(bad),
      () => client.listRoutes({ destination: { exact: bad.destinationPrefix } }),
    ]) {
      expect(await caught(attempt)).toMatchObject({ code: 'INVALID_ARGUMENT', reason: 'HOST_BITS_SET', address: agent.address });
    }
    expect(await caught(client.getBestRoute({ destination: 'x' }))).toMatchObject({ reason: 'INVALID_ADDRESS', method: 'GetBestRoute' });
    expect(agent.control.calls('CreateIpForwardEntry')).toBe(calls);
  });
});
