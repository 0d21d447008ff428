import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { startTestAgent } from '../../../agent/testing.js';
import { watchAHost } from '../../../client/examples/watch-a-host.js';
import { connect, readTlsFiles } from '../../../client/index.js';
import { createTestPki } from '../../support/pki.js';
import { eventually } from '../support/eventually.js';

it('the example tells what changed, who did it, and that the agent was away', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'routefleet-'));
  const pki = await createTestPki();
  const server = await pki.issueServer({ name: 'agent', ipAddresses: ['127.0.0.1'] });
  const agent = await startTestAgent({ profile: 'office', tls: { ...server, ca: pki.ca } });
  const tlsFiles = await pki.writeTo(directory, 'controller', await pki.issueClient({ name: 'controller' }));
  const writer = connect({ address: agent.address, tls: await readTlsFiles(tlsFiles) });
  onTestFinished(async () => {
    writer.close();
    await agent.close();
    await rm(directory, { recursive: true });
  });

  const lines: string[] = [];
  const abort = new AbortController();
  const watching = watchAHost({ address: agent.address, tlsFiles, signal: abort.signal, print: (line) => lines.push(line) });
  await eventually(() => lines).toEqual([expect.stringMatching(/^static routes: \d+$/)]);

  const route = { destinationPrefix: '10.99.0.0/16', nextHop: '10.20.0.1', metric: 5 };
  const { commit } = await writer.createRoute(route);
  await eventually(() => lines.at(-1)).toBe(`added 10.99.0.0/16 via 10.20.0.1 metric 5 by commit ${commit?.id}`);
  agent.control.deleteRoute({ destinationPrefix: '10.99.0.0/16', nextHop: '10.20.0.1', interfaceAlias: 'Ethernet' });
  await eventually(() => lines.at(-1)).toBe('removed 10.99.0.0/16 via 10.20.0.1 metric 5 by something else on the host');

  await agent.restart();
  await eventually(() => lines.at(-1)).toMatch(/^static routes: \d+$/);
  expect(lines.slice(3).join('\n')).toContain('; again in ');
  abort.abort();
  await watching;
});
