import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { type Client, Metadata, type ServiceDefinition, type ServiceError } from '@grpc/grpc-js';
import { loadFileDescriptorSetFromBuffer } from '@grpc/proto-loader';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rpcRoles } from '../../../agent/access/rpc-rights.js';
import { descriptorSetBase64 } from '../../../proto/gen/descriptor-set.js';
import { RouteServiceService } from '../../../proto/gen/routefleet/v1/route_service.pb.js';
import { createTestPki, type Identity } from '../../support/pki.js';
import { WireError } from '../../support/wire.js';
import { type SecureAgent, startSecureAgent } from './secure-agent.js';

const rules = `
rules:
  - { identities: ["urn:test:viewer"], role: viewer }
  - { identities: ["urn:test:editor", "urn:test:revoked"], role: editor }
  - { identities: ["urn:test:limited"], role: editor, prefixes: [10.9.0.0/16], interfaces: ["Wi-Fi"], owners: [team-net] }
  - { identities: ["urn:test:banned"], role: none }
  - { identities: ["urn:test:admin", "urn:test:banned", "urn:routefleet:agent:*"], role: admin }
`;

/** Every RPC that the contract has, by its descriptor. */
const rpcs = Object.entries(
  loadFileDescriptorSetFromBuffer(Buffer.from(descriptorSetBase64, 'base64'))['routefleet.v1.RouteService'] as unknown as ServiceDefinition,
).map(([name]) => name);

const reads = [
  'GetAgent',
  'ListInterfaces',
  'ListRoutes',
  'GetRoute',
  'GetBestRoute',
  'PlanRoutes',
  'GetCommit',
  'ListCommits',
  'WatchRoutes',
];

type Outcome = 'allowed' | 'no connection' | 'NOT_AUTHORIZED' | 'CERTIFICATE_REVOKED';

let agent: SecureAgent;
const identities = new Map<string, { readonly identity: Identity | undefined; readonly ca?: string }>();
beforeAll(async () => {
  agent = await startSecureAgent(rules);
  const { pki } = agent;
  const stranger = await createTestPki();
  const named = (name: string, uri = `urn:test:${name}`) => pki.issueClient({ name, uri });
  const revoked = await named('revoked');
  const taken = agent.replaced();
  await writeFile(agent.files.tlsCrl, await pki.revoke(revoked));
  await taken;
  identities
    .set('no certificate', { identity: undefined })
    .set('wrong CA', { identity: await stranger.issueClient({ name: 'admin', uri: 'urn:test:admin' }) })
    .set('expired', { identity: await pki.issueClient({ name: 'admin', uri: 'urn:test:admin', validity: 'expired' }) })
    .set('not yet valid', { identity: await pki.issueClient({ name: 'admin', uri: 'urn:test:admin', validity: 'notYetValid' }) })
    .set('wrong usage', { identity: await pki.issueServer({ name: 'admin', dnsNames: ['urn:test:admin'] }) })
    .set('revoked', { identity: revoked })
    .set('no rule', { identity: await named('nobody') })
    .set('role none', { identity: await named('banned') })
    .set('another agent', { identity: await named('web2', 'urn:routefleet:agent:web2') })
    .set('viewer', { identity: await named('viewer') })
    .set('editor', { identity: await named('editor') })
    .set('limited editor', { identity: await named('limited') })
    .set('admin', { identity: await named('admin') });
});
afterAll(() => agent?.close());

/** Calls with an empty request; one that gets past the rules may fail for any other reason. */
async function outcomeOf(rpc: string, who: string): Promise<Outcome> {
  const { client, close } = agent.connect(identities.get(who)?.identity);
  try {
    await call(client, rpc);
    return 'allowed';
  } catch (error) {
    const { code, reason } = new WireError(error as ServiceError);
    if (code === 'UNAVAILABLE') return 'no connection';
    return code === 'PERMISSION_DENIED' || code === 'UNAUTHENTICATED' ? (reason as Outcome) : 'allowed';
  } finally {
    close();
  }
}

async function call(client: Client, rpc: string): Promise<void> {
  const name = `${rpc[0]?.toLowerCase()}${rpc.slice(1)}` as keyof typeof RouteServiceService;
  const { path, requestStream, responseStream } = RouteServiceService[name];
  const bytes = (value: Buffer): Buffer => value;
  const metadata = new Metadata();
  const empty = Buffer.alloc(0);
  if (!requestStream && !responseStream) {
    await new Promise<void>((resolve, reject) => {
      client.makeUnaryRequest(path, bytes, bytes, empty, metadata, (error) => (error === null ? resolve() : reject(error)));
    });
    return;
  }
  const duplex = requestStream ? client.makeBidiStreamRequest(path, bytes, bytes, metadata) : undefined;
  duplex?.end();
  const stream = duplex ?? client.makeServerStreamRequest(path, bytes, bytes, empty, metadata);
  // A watch never ends by itself; its first answer shows that it was let in.
  await Promise.race([once(stream, 'data'), once(stream, 'end')]).finally(() => stream.on('error', () => {}).cancel());
}

describe('who may make which call', () => {
  it('is said for every RPC of the contract', () => {
    expect(rpcs.length).toBeGreaterThan(15);
    expect(Object.keys(rpcRoles).sort()).toEqual([...rpcs].sort());
  });

  it.each(rpcs)('%s', async (rpc) => {
    const writes: Outcome = reads.includes(rpc) ? 'allowed' : 'NOT_AUTHORIZED';
    const expected: Readonly<Record<string, Outcome>> = {
      'no certificate': 'no connection',
      'wrong CA': 'no connection',
      expired: 'no connection',
      'not yet valid': 'no connection',
      'wrong usage': 'no connection',
      revoked: 'CERTIFICATE_REVOKED',
      'no rule': 'NOT_AUTHORIZED',
      'role none': 'NOT_AUTHORIZED',
      'another agent': 'NOT_AUTHORIZED',
      viewer: writes,
      editor: 'allowed',
      'limited editor': 'allowed',
      admin: 'allowed',
    };
    const found = await Promise.all([...identities.keys()].map(async (who) => [who, await outcomeOf(rpc, who)] as const));
    expect(Object.fromEntries(found)).toEqual(expected);
  });
});
