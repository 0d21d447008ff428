import { createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { connect, createCredentials } from '../../client/index.js';
import { createTestPki } from '../support/pki.js';
import { caught } from './support/caught.js';

async function material() {
  const pki = await createTestPki();
  return { ca: pki.ca, ...(await pki.issueClient({ name: 'controller' })) };
}

/** A peer that accepts and says nothing. */
async function startSilent() {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', () => undefined);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { address: `127.0.0.1:${(server.address() as { port: number }).port}`, sockets };
}

describe('connect', () => {
  it.each(['10.0.0.2', 'web1.example.net:7420', '[2001:db8::1]:7420'])('refuses plaintext to %s', async (address) => {
    const error = await caught(() => connect({ address, insecure: true }));
    expect(error).toMatchObject({ code: 'INVALID_ARGUMENT', reason: 'PLAINTEXT_REFUSED', remedy: expect.stringContaining('TLS') });
    expect(error.message).toContain(address.replace(/^10.*/, '10.0.0.2:7420'));
  });

  it('wants exactly one of TLS, credentials and plaintext', async () => {
    const tls = await material();
    const address = '127.0.0.1:1';
    for (const options of [{}, { insecure: false }, { tls, insecure: true }, { tls, credentials: createCredentials(tls) }]) {
      expect(await caught(() => connect({ address, ...options }))).toMatchObject({ reason: 'PLAINTEXT_REFUSED' });
    }
  });

  it('refuses an address that is none, before anything else', async () => {
    expect(await caught(() => connect({ address: 'a b', insecure: true }))).toMatchObject({ reason: 'INVALID_ADDRESS' });
  });

  it('tells of an agent that is down with the first call', async () => {
    const down = '127.0.0.1:1';
    const client = connect({ address: down, insecure: true });
    onTestFinished(() => client.close());
    expect(await caught(client.getAgent())).toMatchObject({
      code: 'UNAVAILABLE',
      reason: 'UNREACHABLE',
      message: 'connection refused at 127.0.0.1:1',
      address: down,
    });
  });

  it.each(['tls', 'plaintext'])('leaves no socket to a silent peer when it is closed (%s)', async (kind) => {
    const { address, sockets } = await startSilent();
    const client = connect({ address, timeoutMs: 300, ...(kind === 'tls' ? { tls: await material() } : { insecure: true }) });
    expect(await caught(client.getAgent())).toMatchObject({ code: 'DEADLINE_EXCEEDED', reason: 'UNREACHABLE' });
    expect(sockets.size).toBe(1);
    client.close();
    await sleep(1_500);
    expect(sockets.size).toBe(0);
  });

  it('is closed by the end of an `await using` block', async () => {
    const client = connect({ address: '127.0.0.1:1', insecure: true });
    await client[Symbol.asyncDispose]();
    expect(await caught(client.getAgent())).toMatchObject({ code: 'CANCELLED' });
  });
});
