import { createServer } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestAgent, type TestAgent } from '../../../agent/testing.js';
import { connect, type TlsOptions } from '../../../client/index.js';
import { createTestPki, type Identity, type ServerRequest, type TestPki, type Validity } from '../../support/pki.js';
import { caught } from '../support/caught.js';

let pki: TestPki;
let otherPki: TestPki;
let server: Identity;
let client: TlsOptions;
let agent: TestAgent;
const started: { close(): unknown }[] = [];

async function startAgent(request: Partial<ServerRequest>): Promise<TestAgent> {
  const identity = await pki.issueServer({ name: 'agent', ipAddresses: ['127.0.0.1'], ...request });
  const made = await startTestAgent({ tls: { ...identity, ca: pki.ca } });
  started.push(made);
  return made;
}

async function failWith(address: string, tls: TlsOptions, timeoutMs = 5_000) {
  const connection = connect({ address, tls, timeoutMs });
  try {
    return await caught(connection.getAgent());
  } finally {
    connection.close();
  }
}

beforeAll(async () => {
  [pki, otherPki] = await Promise.all([createTestPki(), createTestPki({ name: 'another CA' })]);
  server = await pki.issueServer({ name: 'agent', dnsNames: ['agent.test'], ipAddresses: ['127.0.0.1'] });
  client = { ca: pki.ca, ...(await pki.issueClient({ name: 'controller' })) };
  agent = await startAgent({ dnsNames: ['agent.test'] });
});

afterAll(() => Promise.all(started.map((each) => each.close())));

describe('mutual TLS', () => {
  it('works by address, with no warning about it, and by a name that the certificate holds', async () => {
    const warnings: Error[] = [];
    const collect = (warning: Error) => warnings.push(warning);
    process.on('warning', collect);
    for (const tls of [client, { ...client, serverName: 'agent.test' }]) {
      const connection = connect({ address: agent.address, tls });
      expect((await connection.getAgent()).hostName).toBe('office');
      connection.close();
    }
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', collect);
    expect(warnings).toEqual([]);
  });

  it.each(['localhost', 'agent.example'])('refuses an agent whose certificate is not for %s', async (serverName) => {
    const error = await failWith(agent.address, { ...client, serverName });
    expect(error).toMatchObject({ code: 'UNAVAILABLE', reason: 'TLS_REFUSED', message: expect.stringContaining('another host name') });
  });

  it('checks the address, not the name that goes out in its place', async () => {
    const named = await startAgent({ ipAddresses: [], dnsNames: ['agent.invalid'] });
    expect((await failWith(named.address, client)).message).toContain('another host name');
  });

  it('refuses an agent of another CA', async () => {
    expect(await failWith(agent.address, { ...client, ca: otherPki.ca })).toMatchObject({
      reason: 'TLS_REFUSED',
      message: expect.stringContaining('not from a trusted CA'),
    });
  });

  it('ends a watch that it keeps from beginning', async () => {
    const connection = connect({ address: agent.address, tls: { ...client, ca: otherPki.ca } });
    const watch = connection.watchRoutes()[Symbol.asyncIterator]();
    expect(await caught(watch.next())).toMatchObject({ reason: 'TLS_REFUSED', method: 'WatchRoutes' });
    connection.close();
  });

  it.each<[Validity, string]>([
    ['expired', 'has expired'],
    ['notYetValid', 'is not valid yet'],
  ])('refuses an agent whose certificate is %s', async (validity, told) => {
    const old = await startAgent({ validity });
    expect(await failWith(old.address, client)).toMatchObject({ reason: 'TLS_REFUSED', message: expect.stringContaining(told) });
  });

  it('says that the agent does not accept the client certificate', async () => {
    const strangers = [await otherPki.issueClient({ name: 'x' }), await pki.issueClient({ name: 'x', validity: 'expired' }), server];
    for (const identity of strangers) {
      const error = await failWith(agent.address, { ca: pki.ca, ...identity });
      expect(error).toMatchObject({ reason: 'TLS_REFUSED', message: expect.stringContaining('client certificate') });
    }
  });

  it('tells a plaintext agent from a TLS one, either way round', async () => {
    const plain = await startTestAgent();
    started.push(plain);
    expect((await failWith(plain.address, client)).message).toContain('does not speak TLS');
    const connection = connect({ address: agent.address, insecure: true });
    expect((await caught(connection.getAgent())).message).toContain('does not speak plaintext gRPC');
    connection.close();
  });

  it('speaks nothing below TLS 1.3', async () => {
    const old = createServer({ cert: server.certificate, key: server.key, maxVersion: 'TLSv1.2', ALPNProtocols: ['h2'] });
    old.on('tlsClientError', () => undefined);
    await new Promise<void>((listening) => old.listen(0, '127.0.0.1', listening));
    started.push(old);
    const { port } = old.address() as { port: number };
    expect(await failWith(`127.0.0.1:${port}`, client)).toMatchObject({
      reason: 'TLS_REFUSED',
      message: expect.stringContaining('TLS 1.3'),
    });
  });
});
