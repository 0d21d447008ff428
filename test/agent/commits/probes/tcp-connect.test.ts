import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { explainError } from '../../../../agent/commits/probes/tcp-connect.js';
import { messageOf, probedHost } from './context.js';

const servers: Server[] = [];
afterEach(() => Promise.all(servers.splice(0).map((server) => new Promise((done) => server.close(done)))));

async function listen(host = '127.0.0.1'): Promise<{ readonly port: number; readonly accepted: Socket[] }> {
  const accepted: Socket[] = [];
  const server = createServer((socket) => {
    // As a peer would: its end closes with ours.
    socket.on('error', () => undefined).resume();
    accepted.push(socket);
  });
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, host, done));
  return { port: (server.address() as { port: number }).port, accepted };
}

/** A port that nobody listens on: it was given back just now. */
async function closedPort(): Promise<number> {
  const { port } = await listen();
  await new Promise((done) => servers.pop()?.close(done));
  return port;
}

const connect = (host: string, port: number): Promise<string> =>
  messageOf({ kind: 'tcp-connect', host, port, timeoutMs: 5000 }, probedHost('office'));

describe('the TCP probe', () => {
  it('passes when the connection opens, and leaves it', async () => {
    const { port, accepted } = await listen();
    expect(await connect('127.0.0.1', port)).toBe('');
    await expect.poll(() => accepted.map(({ destroyed }) => destroyed)).toEqual([true]);
  });

  it('connects by name, whichever address of it answers', async () => {
    expect(await connect('localhost', (await listen('127.0.0.1')).port)).toBe('');
  });

  it('tells that the connection was refused', async () => {
    const port = await closedPort();
    expect(await connect('127.0.0.1', port)).toBe('connection refused');
    expect(await connect('localhost', port)).toBe('connection refused');
  });

  it('tells that the name is unknown', async () => {
    // RFC 6761 section 6.4: never in the DNS. Without any name server the answer is another one.
    expect(['the name is unknown', 'the name servers do not answer']).toContain(await connect('nobody.invalid', 443));
  });

  it('does not throw for a port that cannot be', async () => {
    expect(await connect('127.0.0.1', 65_536)).toContain('65536');
  });
});

describe('explainError', () => {
  it('puts the errors of several addresses together, each once', () => {
    const error = (code: string): Error => Object.assign(new Error(`connect ${code}`), { code });
    expect(explainError(new AggregateError([error('ECONNREFUSED'), error('ECONNREFUSED')]))).toBe('connection refused');
    expect(explainError(new AggregateError([error('ENETUNREACH'), error('EHOSTUNREACH')]))).toBe('network unreachable, host unreachable');
  });

  it('is never empty, and never fails itself', () => {
    expect(explainError(new TypeError())).toBe('TypeError');
    expect(explainError('odd')).toBe('odd');
    expect(explainError(Object.assign(new Error('connect EX'), { code: 'EX' }))).toBe('connect EX');
    for (const nothing of [undefined, null, '', new AggregateError([])]) expect(explainError(nothing)).not.toBe('');
  });
});
