import { once } from 'node:events';
import { chmod, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CommitState } from '../../../proto/gen/routefleet/v1/commit.pb.js';
import { WatchRoutesRequest } from '../../../proto/gen/routefleet/v1/route_service.pb.js';
import { createTestPki, type Identity } from '../../support/pki.js';
import { type Wire, WireError } from '../../support/wire.js';
import { agentName, type SecureAgent, startSecureAgent } from './secure-agent.js';

const adminRule = 'rules: [{ identities: ["urn:test:*"], role: admin }]';

let agent: SecureAgent;
let jane: Identity;
beforeEach(async () => {
  agent = await startSecureAgent(adminRule);
  jane = await agent.pki.issueClient({ name: 'jane', uri: 'urn:test:jane' });
});
afterEach(() => agent?.close());

/** Writes a file, and waits until the agent took it. */
async function replace(path: string, text: string): Promise<void> {
  const replaced = agent.replaced();
  await writeFile(path, text);
  await replaced;
}

/** A watch that was let in, and how it ends. */
async function watch({ client }: Wire): Promise<{ readonly ended: Promise<WireError> }> {
  const stream = client.watchRoutes(WatchRoutesRequest.fromPartial({}));
  const ended = new Promise<WireError>((resolve) => stream.on('error', (error) => resolve(new WireError(error as never))));
  await once(stream, 'data');
  stream.resume();
  return { ended };
}

function reasonOf(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => 'allowed',
    (error: WireError) => error.reason || error.code,
  );
}

describe('while connections stay open', () => {
  it('a revoked certificate makes no further call, and its watch ends', async () => {
    const wire = agent.connect(jane);
    const { ended } = await watch(wire);
    await replace(agent.files.tlsCrl, await agent.pki.revoke(jane));
    expect(await ended).toMatchObject({ code: 'UNAUTHENTICATED', reason: 'CERTIFICATE_REVOKED' });
    expect(await reasonOf(wire.getAgent())).toBe('CERTIFICATE_REVOKED');
    await replace(agent.files.tlsCrl, await agent.pki.revoke());
    expect(await reasonOf(wire.getAgent())).toBe('allowed');
  });

  it('a watch ends that is not read, too', async () => {
    const { client } = agent.connect(jane);
    const stream = client.watchRoutes(WatchRoutesRequest.fromPartial({}));
    const ended = once(stream, 'error').catch(() => {});
    await once(stream, 'data');
    stream.pause();
    await replace(agent.files.authorization, 'rules: []');
    stream.resume();
    await ended;
  });

  it('new rules hold for the next call, and end what is not allowed any more', async () => {
    const wire = agent.connect(jane);
    const { ended } = await watch(wire);
    const route = { destinationPrefix: '10.9.0.0/16', nextHop: '10.20.0.254' };
    await replace(agent.files.authorization, 'rules: [{ identities: ["urn:test:jane"], role: viewer }]');
    expect(await reasonOf(wire.createRoute({ route }))).toBe('NOT_AUTHORIZED');
    expect(await reasonOf(wire.listRoutes())).toBe('allowed');
    await replace(agent.files.authorization, 'rules: [{ identities: ["urn:test:jane"], role: none }]');
    expect(await ended).toMatchObject({ code: 'PERMISSION_DENIED', reason: 'NOT_AUTHORIZED' });
  });

  it('the certificates of a new authority come in, and those of the old one go, under load and without a failed call', async () => {
    const next = await createTestPki({ name: 'next CA' });
    const both = `${agent.pki.ca}\n${next.ca}\n`;
    const old = agent.connect(jane, both);
    const kept = await watch(old);
    const route = { destinationPrefix: '10.9.0.0/16', nextHop: '10.20.0.254' };
    const options = { commitId: 'c', confirmWithin: { seconds: 600n, nanos: 0 }, requireFreshConnection: true };
    await old.applyRoutes({ header: { options }, operations: [{ operation: { $case: 'create', value: route } }] });

    let calls = 0;
    let identity = jane;
    let stop = false;
    /** One call after the other, every tenth over a new connection. */
    async function load(): Promise<void> {
      for (let wire = agent.connect(identity, both), count = 1; !stop; count += 1) {
        if (count % 10 === 0) {
          wire.close();
          wire = agent.connect(identity, both);
        }
        await wire.getAgent();
        calls += 1;
      }
    }
    const loads = [load(), load(), load()];
    const failed = Promise.all(loads).then(
      () => 'none',
      (error: WireError) => `${error.code}: ${error.message}`,
    );
    /** Lets a good number of calls pass in every state. */
    const pass = async (): Promise<void> => {
      const until = calls + 100;
      while (calls < until && !stop) await new Promise((resolve) => setTimeout(resolve, 5));
    };

    await pass();
    await replace(agent.files.tlsCa, both);
    await pass();
    const server = await next.issueServer({ name: agentName, dnsNames: [agentName] });
    const replaced = agent.replaced();
    await writeFile(agent.files.tlsKey, server.key);
    await writeFile(agent.files.tlsCertificate, server.certificate);
    await replaced;
    await pass();
    identity = await next.issueClient({ name: 'jane', uri: 'urn:test:jane' });
    await pass();
    const fresh = agent.connect(identity, next.ca);
    const { commit } = await fresh.confirmCommit({ commitId: 'c' });
    expect(commit?.state).toBe(CommitState.COMMITTED);
    await pass();
    stop = true;
    expect(await failed).toBe('none');

    // Nobody has a certificate of the old one any more.
    await replace(agent.files.tlsCrl, await next.revoke());
    await replace(agent.files.tlsCa, next.ca);
    expect(await reasonOf(fresh.getAgent())).toBe('allowed');
    expect(await reasonOf(agent.connect(jane, next.ca).getAgent())).toBe('UNAVAILABLE');
    // Not by connections that are open still either, nor does a list of the new one take back what the old one revoked.
    expect(await kept.ended).toMatchObject({ reason: 'CERTIFICATE_REVOKED', message: expect.stringContaining('trusted no longer') });
    expect(await reasonOf(old.getAgent())).toBe('CERTIFICATE_REVOKED');
    await replace(agent.files.tlsCa, both);
    expect(await reasonOf(old.getAgent())).toBe('allowed');
  });
});

describe('files that cannot be used', () => {
  it.each<[string, () => Promise<void>]>([
    ['rules with an unknown role', () => writeFile(agent.files.authorization, 'rules: [{ identities: ["*"], role: root }]')],
    ['rules that are no YAML', () => writeFile(agent.files.authorization, 'rules: [')],
    ['a key of another certificate', async () => writeFile(agent.files.tlsKey, jane.key)],
    ['a key that others can read', () => chmod(agent.files.tlsKey, 0o644)],
    ['an authority that is none', () => writeFile(agent.files.tlsCa, '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n')],
    [
      'a second authority that is none',
      () => writeFile(agent.files.tlsCa, `${agent.pki.ca}-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n`),
    ],
    ['two authorities on one line', () => writeFile(agent.files.tlsCa, agent.pki.ca.trim().repeat(2))],
    ['a revocation list of another authority', async () => writeFile(agent.files.tlsCrl, await (await createTestPki()).revoke(jane))],
    ['a revocation list that is torn', async () => writeFile(agent.files.tlsCrl, (await agent.pki.revoke(jane)).slice(0, 200))],
  ])('%s leave the old ones in force, which the log says', async (_what, spoil) => {
    const wire = agent.connect(jane);
    await spoil();
    await expect
      .poll(() => agent.log.filter(({ level }) => level === 50).map(({ msg }) => msg))
      .toEqual(['the new certificates or rules cannot be used; the old ones hold']);
    expect(await reasonOf(wire.getAgent())).toBe('allowed');
    expect(await reasonOf(agent.connect(jane).getAgent())).toBe('allowed');
  });
});
