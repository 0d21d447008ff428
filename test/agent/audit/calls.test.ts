import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runAudit } from '../../../agent/audit/audit-command.js';
import { WatchRoutesRequest } from '../../../proto/gen/routefleet/v1/route_service.pb.js';
import type { Identity } from '../../support/pki.js';
import { type SecureAgent, startSecureAgent } from '../access/secure-agent.js';
import { entriesOf } from './fixture.js';

const route = { destinationPrefix: '10.9.0.0/16', nextHop: '10.20.0.254' };
const rules = `
rules:
  - { identities: ["urn:test:jane"], role: editor }
  - { identities: ["urn:test:bob"], role: viewer }
`;

let agent: SecureAgent;
let jane: Identity;
let bob: Identity;
beforeEach(async () => {
  agent = await startSecureAgent(rules);
  jane = await agent.pki.issueClient({ name: 'jane', uri: 'urn:test:jane' });
  bob = await agent.pki.issueClient({ name: 'bob', uri: 'urn:test:bob' });
});
afterEach(() => agent?.close());

/** Calls as the log tells them, without peers, which must be there. */
async function told(): Promise<Record<string, unknown>[]> {
  const entries = (await entriesOf(agent.stateDir)).filter(({ type }) => type === 'call' || type === 'denied');
  return entries.map(({ seq: _seq, time: _time, previous: _previous, hash: _hash, peer, ...facts }) => {
    expect(peer).toMatch(/^127\.0\.0\.1:\d+$/);
    return facts;
  });
}

it('calls that write are told with their outcome, and those that read are not', async () => {
  const wire = agent.connect(jane);
  await wire.getAgent();
  await wire.listRoutes();
  await wire.createRoute({ route, options: { commitId: 'one' } });
  await expect(wire.createRoute({ route })).rejects.toThrow();
  await wire.applyRoutes({
    header: { options: { commitId: 'two' } },
    operations: [{ operation: { $case: 'delete', value: route } }],
  });
  await agent.stop();
  const identity = 'urn:test:jane';
  expect(await told()).toEqual([
    { type: 'call', rpc: 'CreateRoute', identity, outcome: 'OK', commit: 'one' },
    { type: 'call', rpc: 'CreateRoute', identity, outcome: 'ALREADY_EXISTS', reason: 'ROUTE_EXISTS' },
    { type: 'call', rpc: 'ApplyRoutes', identity, outcome: 'OK', commit: 'two' },
  ]);
  expect(await runAudit(['verify', '--state-dir', agent.stateDir])).toMatchObject({ whole: true });
});

it('denied calls are told, those that read as well, and a flood of them in two lines', async () => {
  const wire = agent.connect(bob);
  for (let round = 0; round < 5; round += 1) {
    const refused = await Promise.allSettled(Array.from({ length: 40 }, () => wire.createRoute({ route })));
    expect(refused.every(({ status }) => status === 'rejected')).toBe(true);
  }
  const nobody = agent.connect(await agent.pki.issueClient({ name: 'eve', uri: 'urn:test:eve' }));
  await expect(nobody.getAgent()).rejects.toThrow();
  await agent.stop();
  const reason = 'NOT_AUTHORIZED';
  expect(await told()).toEqual([
    { type: 'denied', rpc: 'CreateRoute', identity: 'urn:test:bob', reason, count: 1 },
    { type: 'denied', rpc: 'GetAgent', identity: 'urn:test:eve', reason, count: 1 },
    { type: 'denied', rpc: 'CreateRoute', identity: 'urn:test:bob', reason, count: 199 },
  ]);
});

it('a watch that is ended by a revocation is told', async () => {
  const { client } = agent.connect(bob);
  const stream = client.watchRoutes(WatchRoutesRequest.fromPartial({}));
  const ended = new Promise((resolve) => stream.on('error', resolve));
  await new Promise((resolve) => stream.once('data', resolve));
  stream.resume();
  await writeFile(agent.files.tlsCrl, await agent.pki.revoke(bob));
  await ended;
  await agent.stop();
  expect(await told()).toEqual([{ type: 'denied', rpc: 'WatchRoutes', identity: 'urn:test:bob', reason: 'CERTIFICATE_REVOKED', count: 1 }]);
});

it('holds no key and no certificate', async () => {
  const wire = agent.connect(jane);
  await wire.createRoute({ route, options: { commitId: 'one', comment: 'because' } });
  await expect(agent.connect(bob).createRoute({ route })).rejects.toThrow();
  await agent.stop();
  const directory = join(agent.stateDir, 'audit');
  const names = await readdir(directory);
  expect(names.sort()).toEqual(['audit.jsonl', 'head.json']);
  const text = (await Promise.all(names.map((name) => readFile(join(directory, name), 'utf8')))).join('');
  expect(text).toContain('"comment":"because"');
  const secrets = [jane.key, bob.key, jane.certificate, await readFile(join(agent.stateDir, 'audit-key.pem'), 'utf8')];
  const blocks = secrets.flatMap((pem) => pem.split('\n')).filter((line) => line.length > 20);
  expect(blocks.length).toBeGreaterThan(10);
  expect(blocks.filter((block) => text.includes(block))).toEqual([]);
  expect(text).not.toMatch(/-----BEGIN|PRIVATE KEY/);
});
