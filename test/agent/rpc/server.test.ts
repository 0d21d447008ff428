import { once } from 'node:events';
import { credentials } from '@grpc/grpc-js';
import pino from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import { startTestAgent, type TestAgent, type TestAgentOptions } from '../../../agent/testing.js';
import { ListRoutesRequest } from '../../../proto/gen/routefleet/v1/route_service.pb.js';
import { byAlias, failureOf } from '../../contract/fixture.js';
import { createTestPki } from '../../support/pki.js';
import { connectWire, type Wire } from '../../support/wire.js';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function open(options: TestAgentOptions = {}): Promise<{ agent: TestAgent; wire: Wire }> {
  const agent = await startTestAgent({ profile: 'datacenter', ...options });
  const wire = connectWire(agent.address);
  closing.push(
    () => agent.close(),
    () => wire.close(),
  );
  return { agent, wire };
}

describe('streams', () => {
  it('sends a large table in chunks of one reading', async () => {
    const { agent, wire } = await open();
    agent.control.addManyRoutes(5000);
    const { routeCount, routes, messages } = await wire.listRoutes();
    expect(routes.length).toBe(routeCount);
    expect(routeCount).toBeGreaterThan(5000);
    expect(messages.length).toBe(Math.ceil(routeCount / 1024));
    expect(agent.control.calls('GetIpForwardTable2')).toBe(1);
  });

  it('answers other calls while nobody reads a stream, and lets go when its client leaves', async () => {
    const { agent, wire } = await open();
    agent.control.addManyRoutes(50_000);
    const stream = wire.client.listRoutes(ListRoutesRequest.fromPartial({}));
    stream.on('error', () => {});
    await once(stream, 'data');
    stream.pause();
    expect((await wire.getAgent()).hostName).toBe('datacenter');
    stream.cancel();
    await once(stream, 'end').catch(() => {});
    expect((await wire.listRoutes()).routeCount).toBeGreaterThan(50_000);
    expect(agent.control.openTables).toBe(0);
  });
});

describe('the log', () => {
  it('has every change of the table, and nothing that changed nothing', async () => {
    const lines: { readonly msg: string; readonly [member: string]: unknown }[] = [];
    const { wire } = await open({ log: pino({ level: 'info' }, { write: (line: string) => lines.push(JSON.parse(line)) }) });
    const route = { destinationPrefix: '198.18.0.0/24', nextHop: '10.30.0.254', metric: 5 };
    await wire.createRoute({ route, options: { validateOnly: true } });
    await wire.createRoute({ route });
    await wire.createRoute({ route, allowExisting: true });
    await wire.setRoute({ route: { ...route, metric: 6 } });
    await wire.deleteRoute({ key: route });
    const described = '198.18.0.0/24 via 10.30.0.254 on interface 4';
    expect(lines).toMatchObject([
      { msg: 'created', route: described, metric: 5, function: 'CreateIpForwardEntry' },
      { msg: 'changed', route: described, metricBefore: 5, metric: 6, function: 'SetIpForwardEntry' },
      { msg: 'deleted', route: described, metricBefore: 6, function: 'DeleteIpForwardEntry' },
    ]);
    expect(lines).toHaveLength(3);
  });
});

describe('unforeseen failures', () => {
  it('tell the caller an id, and the log the rest', async () => {
    const lines: string[] = [];
    const log = pino({ level: 'info' }, { write: (line: string) => lines.push(line) });
    const { agent, wire } = await open({ log });
    // A row that the simulation refuses to lay out: an exception in the middle of a call.
    agent.control.fail('GetIpForwardTable2', { call: 1, code: Symbol('not a code') as unknown as number });
    const failure = await failureOf(wire.listRoutes());
    expect(failure).toMatchObject({ code: 'INTERNAL', reason: 'INTERNAL' });
    const { incident_id: incidentId = 'none' } = failure.facts;
    expect(failure.message).toBe(`the agent failed unexpectedly (${incidentId})`);
    expect(JSON.stringify(failure.facts)).not.toContain('.ts:');
    expect(lines.find((line) => line.includes(incidentId))).toMatch(/"level":50.*Symbol.*\.ts:/);
  });
});

describe('limits', () => {
  it('refuses a message above the limit that it announces', async () => {
    const { wire } = await open();
    const { limits } = await wire.getAgent();
    const prefix = '1'.repeat((limits?.maxMessageBytes ?? 0) + 1);
    expect(await failureOf(wire.createRoute({ route: { destinationPrefix: prefix } }))).toMatchObject({ code: 'RESOURCE_EXHAUSTED' });
    expect(await failureOf(wire.createRoute({ route: { destinationPrefix: prefix.slice(200) } }))).toMatchObject({
      reason: 'INVALID_PREFIX',
    });
  });
});

describe('long values', () => {
  it('come back cut, so that the status still fits into headers', async () => {
    const { wire } = await open();
    const failure = await failureOf(wire.listRoutes({ interface: byAlias('x'.repeat(500_000)) }));
    expect(failure).toMatchObject({ code: 'NOT_FOUND', reason: 'INTERFACE_NOT_FOUND' });
    expect(failure.message.length).toBe(1000);
  });
});

describe('mutual TLS', () => {
  it('lets in a client of the authority and nobody else', async () => {
    const pki = await createTestPki();
    const other = await createTestPki();
    const server = await pki.issueServer({ name: 'agent', ipAddresses: ['127.0.0.1'] });
    const agent = await startTestAgent({ tls: { ...server, ca: pki.ca } });
    closing.push(() => agent.close());
    const call = async (client?: { certificate: string; key: string }): Promise<string> => {
      const [key, certificate] = client ? [Buffer.from(client.key), Buffer.from(client.certificate)] : [null, null];
      const wire = connectWire(agent.address, credentials.createSsl(Buffer.from(pki.ca), key, certificate));
      try {
        return (await wire.getAgent()).hostName;
      } catch (error) {
        return (error as { code: string }).code;
      } finally {
        wire.close();
      }
    };
    expect(await call(await pki.issueClient({ name: 'controller' }))).toBe('office');
    expect(await call()).toBe('UNAVAILABLE');
    expect(await call(await other.issueClient({ name: 'stranger' }))).toBe('UNAVAILABLE');
    expect(await call(await pki.issueClient({ name: 'late', validity: 'expired' }))).toBe('UNAVAILABLE');
    expect(await call(await pki.issueClient({ name: 'early', validity: 'notYetValid' }))).toBe('UNAVAILABLE');
    const plaintext = connectWire(agent.address);
    closing.push(() => plaintext.close());
    expect(await failureOf(plaintext.getAgent())).toMatchObject({ code: 'UNAVAILABLE' });
  });
});
