import { execFile } from 'node:child_process';
import { hostname } from 'node:os';
import { promisify } from 'node:util';
import { credentials, status } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect } from '../../client/index.js';
import { type GetAgentRequest, RouteServiceClient } from '../../proto/gen/routefleet/v1/route_service.pb.js';
import { createTestPki } from '../support/pki.js';
import { missingForWine } from '../support/wine.js';
import { runAgent, startAgent } from '../support/wine-agent.js';
import { type StagedPackage, stagePackage } from '../support/wine-stage.js';
import { comparableInterface, comparableRoute, expectedInterfaces, expectedRoutes } from './linux-view.js';
import { agentName, createWineHost, type WineHost } from './wine-host.js';

const missing = missingForWine({ namespaces: true });
if (missing !== undefined) console.warn(`test/windows is skipped. Missing: ${missing}`);

/** What Wine 8 does not export. */
const missingFunctions = [
  'CreateIpForwardEntry2',
  'DeleteIpForwardEntry2',
  'GetIpForwardEntry2',
  'GetIpInterfaceEntry',
  'InitializeIpForwardEntry',
  'ResolveIpNetEntry2',
  'SetIpForwardEntry2',
];

describe.skipIf(missing !== undefined)(`an agent under Wine${missing === undefined ? '' : ` (skipped, missing: ${missing})`}`, () => {
  let host: WineHost<StagedPackage>;
  beforeAll(async () => {
    host = await createWineHost(stagePackage);
  });
  afterAll(() => host?.remove());

  describe('reading', () => {
    it('lists the routes that ip -4 route shows, row by row', async () => {
      const expected = await expectedRoutes(host.network);
      expect(expected.map(({ destinationPrefix }) => destinationPrefix)).toContain('10.77.128.0/17');
      expect((await host.client.listRoutes().toArray()).map(comparableRoute)).toEqual(expected);
    });

    it('sees routes come and go that others add and delete', async () => {
      const { ip, neighbour } = host.network;
      const added = ['0.0.0.0/0', '10.90.0.0/16'];
      const listAdded = async (): Promise<string[]> => {
        const listed = await host.client.listRoutes().toArray();
        expect(listed.map(comparableRoute)).toEqual(await expectedRoutes(host.network));
        return listed.map(({ destinationPrefix }) => destinationPrefix).filter((prefix) => added.includes(prefix));
      };
      expect(await listAdded()).toEqual([]);
      for (const prefix of added) await ip('route', 'add', prefix, 'via', neighbour);
      try {
        expect(await listAdded()).toEqual(added);
        await ip('route', 'delete', '10.90.0.0/16');
        expect(await listAdded()).toEqual(['0.0.0.0/0']);
      } finally {
        await ip('route', 'flush', 'exact', '10.90.0.0/16');
        await ip('route', 'delete', 'default');
      }
    });

    it('filters in the agent', async () => {
      const within = await host.client.listRoutes({ destination: { within: '10.77.0.0/16' }, interface: { alias: 'DMZ0' } }).toArray();
      expect(within.map(({ destinationPrefix }) => destinationPrefix)).toEqual(['10.77.128.0/17']);
      // Wine reads no IPv6 routes, and says that there are none.
      expect(await host.client.listRoutes({ family: 'ipv6' }).toArray()).toEqual([]);
    });

    it('lists the interfaces that ip link and ip address show', async () => {
      const expected = await expectedInterfaces(host.network);
      expect(expected.map(({ alias }) => alias)).toEqual(expect.arrayContaining(['lo', 'lan0', 'dmz0']));
      expect((await host.client.listInterfaces()).map(comparableInterface)).toEqual(expected);
    });

    it('finds the best route by GetBestRoute where GetBestRoute2 is a stub', async () => {
      const { client, network } = host;
      const [onLink, indirect] = await Promise.all(['192.0.2.200', '10.77.3.4'].map((destination) => client.getBestRoute({ destination })));
      expect(onLink?.route).toMatchObject({ destinationPrefix: '192.0.2.0/24', nextHop: '0.0.0.0', interfaceAlias: 'dmz0' });
      expect(indirect?.route).toMatchObject({ destinationPrefix: '10.77.0.0/16', nextHop: network.neighbour, interfaceAlias: 'lan0' });
      // GetBestRoute cannot be told an interface, so here the code of GetBestRoute2 comes through.
      await expect(client.getBestRoute({ destination: '10.77.3.4', interface: { alias: 'lan0' } })).rejects.toMatchObject({
        code: 'FAILED_PRECONDITION',
        reason: 'NOT_SUPPORTED',
        win32: { code: 50, function: 'GetBestRoute2', message: 'Request not supported.' },
      });
    });

    it("passes on Windows' own text of an error", async () => {
      await expect(host.client.getBestRoute({ destination: '8.8.8.8' })).rejects.toMatchObject({
        code: 'NOT_FOUND',
        reason: 'BEST_ROUTE_NOT_FOUND',
        win32: { code: 1232, name: 'ERROR_HOST_UNREACHABLE', message: 'Host unreachable.', function: 'GetBestRoute' },
      });
    });

    it('tells what this host can do', async () => {
      const { engine, library, hostName, os, capabilities } = await host.client.getAgent();
      expect({ engine, hostName }).toEqual({ engine: 'iphlpapi', hostName: hostname() });
      expect(library).toMatch(/^C:\\windows\\System32\\iphlpapi\.dll$/i);
      expect(os).toMatch(/^Microsoft Windows 10 10\.0\.\d+$/);
      expect(capabilities).toMatchObject({ interfaceMetrics: false, ipv4Writes: 'classic', ipv6Writes: undefined, missingFunctions });
      // Wine exports NotifyRouteChange2, answers 0, gives no handle and never calls.
      expect(capabilities.notifications).toBe(false);
      // Everybody is an administrator under Wine.
      expect(capabilities.elevated).toBe(true);
      expect(host.agent.log()).toContainEqual(expect.objectContaining({ msg: 'the library lacks functions', missing: missingFunctions }));
    });
  });

  describe('writing, which Wine only pretends to do', () => {
    const destinationPrefix = '10.91.0.0/16';
    const unverified = (called: string) => ({ code: 'DATA_LOSS', reason: 'UNVERIFIED_WRITE', metadata: { function: called } });

    it('reports a classic write that left no trace', async () => {
      const { client, network } = host;
      const before = await network.ip('route');
      const nextHop = network.neighbour;
      await expect(client.createRoute({ destinationPrefix, nextHop })).rejects.toMatchObject(unverified('CreateIpForwardEntry'));
      const existing = { destinationPrefix: '10.77.0.0/16', nextHop };
      await expect(client.setRoute({ ...existing, metric: 7 })).rejects.toMatchObject(unverified('SetIpForwardEntry'));
      await expect(client.deleteRoute(existing)).rejects.toMatchObject(unverified('DeleteIpForwardEntry'));
      expect(await network.ip('route')).toBe(before);
    });

    it('refuses IPv6, for which Wine has no function', async () => {
      const spec = { destinationPrefix: '2001:db8:91::/48', nextHop: 'fe80::1', interface: { alias: 'dmz0' } };
      await expect(host.client.createRoute(spec)).rejects.toMatchObject({
        code: 'UNIMPLEMENTED',
        reason: 'FUNCTION_MISSING',
        win32: { code: 127, function: 'CreateIpForwardEntry2' },
      });
      expect(await host.network.ip('-6', 'route', 'show', '2001:db8:91::/48')).toBe('');
    });

    it('refuses IPv4 with --ipv4-writes netio, and stops cleanly at Ctrl+C', async () => {
      const { network, agentArgs, prefix, staged } = host;
      const agent = await startAgent({ prefix, staged, args: [...agentArgs(), '--ipv4-writes', 'netio'] });
      try {
        const client = host.connectTo(agent);
        expect((await client.getAgent()).capabilities.ipv4Writes).toBeUndefined();
        await expect(client.createRoute({ destinationPrefix, nextHop: network.neighbour })).rejects.toMatchObject({
          code: 'UNIMPLEMENTED',
          reason: 'FUNCTION_MISSING',
          win32: { code: 127, function: 'CreateIpForwardEntry2' },
        });
        client.close();
      } finally {
        expect(await agent.stop()).toBe(0);
      }
      expect(agent.log().map(({ msg }) => msg)).toEqual(expect.arrayContaining(['stopping', 'stopped']));
      expect(agent.log().at(-1)?.msg).toBe('stopped');
      expect(agent.stderr()).toBe('');
    });
  });

  describe('strangers', () => {
    // What the client is told depends on whether the alert or the end of the connection is read first; the log tells what was served.
    const expectNotServed = async (call: () => Promise<unknown>, code: unknown): Promise<void> => {
      const served = (rpc: string): number =>
        host.agent.log().filter((line) => line.msg === 'served' && String(line.rpc).endsWith(rpc)).length;
      const before = { getAgent: served('/GetAgent'), listInterfaces: served('/ListInterfaces') };
      await expect(call()).rejects.toMatchObject({ code });
      // The same agent at the same address serves whoever has a right certificate. Its line comes after those of all calls before.
      await host.client.listInterfaces();
      await expect.poll(() => served('/ListInterfaces')).toBe(before.listInterfaces + 1);
      expect(served('/GetAgent')).toBe(before.getAgent);
    };

    it('turns away a client without a certificate', async () => {
      // The SDK takes no options without a certificate, so this is a client below it.
      const channel = credentials.createSsl(Buffer.from(host.pki.ca));
      const client = new RouteServiceClient(host.address, channel, { 'grpc.ssl_target_name_override': agentName });
      const getAgent = promisify<GetAgentRequest, unknown>(client.getAgent.bind(client));
      await expectNotServed(() => getAgent({}), status.UNAVAILABLE);
      client.close();
    });

    it('turns away a client of another authority', async () => {
      const stranger = await (await createTestPki()).issueClient({ name: 'stranger' });
      const client = connect({ address: host.address, tls: { ca: host.pki.ca, ...stranger } });
      await expectNotServed(() => client.getAgent(), 'UNAVAILABLE');
      client.close();
    });
  });

  it('says which library it cannot load', async () => {
    const args = ['--insecure', '--listen', '127.0.0.1:0', '--iphlpapi', 'nowhere.dll'];
    const { exitCode, stderr } = await runAgent({ prefix: host.prefix, staged: host.staged, args });
    expect(exitCode).toBe(64);
    expect(stderr).toMatch(/the library nowhere\.dll cannot be loaded: .+ Remedy: check the path given to --iphlpapi/);
  });

  it('is listed by the command line of the built package, over mutual TLS', async () => {
    const { ca, certificate, key } = host.clientFiles;
    const tls = ['--tls-ca', ca, '--tls-cert', certificate, '--tls-key', key];
    const { stdout } = await promisify(execFile)('node', [
      ...[host.staged.bin('routefleet'), 'routes', 'list'],
      ...['--address', host.address, ...tls, '--no-color'],
    ]);
    const [header, ...rows] = stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split(/ +/).slice(0, 5));
    expect(header).toEqual(['PREFIX', 'NEXT-HOP', 'INTERFACE', 'INDEX', 'METRIC']);
    const expected = await expectedRoutes(host.network);
    expect(rows).toEqual(
      expected.map(({ destinationPrefix, nextHop, onLink, interfaceAlias, interfaceIndex, metric }) => [
        ...[destinationPrefix, onLink ? 'on-link' : nextHop, interfaceAlias],
        ...[String(interfaceIndex), String(metric)],
      ]),
    );
  });
});
