import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestAgent, type TestAgent } from '../../../agent/testing.js';
import { createConnector } from '../../../client/fleet/connector.js';
import type { Host, HostTls } from '../../../client/fleet/host.js';
import { createTestPki } from '../../support/pki.js';
import { caught } from '../support/caught.js';

let directory: string;
let agent: TestAgent;
let tls: HostTls;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'routefleet-'));
  const pki = await createTestPki();
  const server = await pki.issueServer({ name: 'agent', dnsNames: ['agent.test'] });
  agent = await startTestAgent({ tls: { ...server, ca: pki.ca } });
  tls = { ...(await pki.writeTo(directory, 'controller', await pki.issueClient({ name: 'controller' }))), serverName: 'agent.test' };
});

afterAll(() => agent.close());

function host(part: Partial<Host> = {}): Host {
  return { name: 'web1', address: agent.address, groups: [], labels: {}, tls, ...part };
}

describe('a connector', () => {
  it('reads the files of a fleet once, and checks each host by its own name', async () => {
    const connector = createConnector();
    const first = await connector(host());
    expect((await first.getAgent()).hostName).toBe('office');
    await rm(directory, { recursive: true });
    const second = await connector(host());
    expect((await second.getAgent()).hostName).toBe('office');
    const misnamed = await connector(host({ tls: { ...tls, serverName: 'other.test' } }));
    expect((await caught(misnamed.getAgent())).message).toContain('another host name');
    for (const client of [first, second, misnamed]) client.close();
    expect(await caught(createConnector()(host()))).toMatchObject({ reason: 'INVALID_CREDENTIALS' });
  });

  it('takes no host without TLS, unless plaintext is asked for, and that on loopback alone', async () => {
    expect(await caught(createConnector()(host({ tls: undefined })))).toMatchObject({
      reason: 'PLAINTEXT_REFUSED',
      address: agent.address,
    });
    const insecure = createConnector({ insecure: true });
    expect(await caught(insecure(host({ address: '10.0.0.2:7420' })))).toMatchObject({ reason: 'PLAINTEXT_REFUSED' });
    const client = await insecure(host());
    client.close();
  });
});
