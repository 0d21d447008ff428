import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { startTestAgent } from '../../../agent/testing.js';
import { listAndAdd } from '../../../client/examples/list-and-add.js';
import { createTestPki } from '../../support/pki.js';

it('the example does what it says, also a second time', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'routefleet-'));
  const pki = await createTestPki();
  const server = await pki.issueServer({ name: 'agent', ipAddresses: ['127.0.0.1'] });
  const agent = await startTestAgent({ profile: 'office', tls: { ...server, ca: pki.ca } });
  onTestFinished(async () => {
    await agent.close();
    await rm(directory, { recursive: true });
  });
  const tlsFiles = await pki.writeTo(directory, 'controller', await pki.issueClient({ name: 'controller' }));
  for (const _time of [1, 2]) {
    const routes = await listAndAdd({ address: agent.address, tlsFiles });
    expect(routes.map(({ destinationPrefix, nextHop, metric }) => [destinationPrefix, nextHop, metric])).toEqual([
      ['0.0.0.0/0', '10.20.0.1', 0],
      ['192.168.50.0/24', '10.20.0.9', 1],
      ['10.99.0.0/16', '10.20.0.1', 5],
    ]);
  }
});
