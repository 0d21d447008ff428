import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ConnectionLimits, connectionLimits } from '../../../agent/access/limits-connections.js';
import { type Connections, createConnections } from '../../../agent/rpc/connections.js';

/** A client socket, and how the server names it. */
interface Client {
  readonly socket: Socket;
  readonly name: string;
  readonly closed: Promise<unknown>;
}

let server: Server;
let connections: Connections;
let now = 0;
const sockets: Socket[] = [];
beforeEach(async () => {
  now = 0;
  server = createServer((socket) => socket.on('error', () => {}));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(() => {
  connections.close();
  for (const socket of sockets.splice(0)) socket.destroy();
  server.close();
});

function keep(limits: Partial<ConnectionLimits>, tls = true): void {
  connections = createConnections({ now: () => now, tls, limits: { ...connectionLimits, ...limits } });
  connections.listen((server.address() as AddressInfo).port);
}

/** Connects from one of the addresses 127.0.0.0/8, of which each is a source. */
async function open(localAddress = '127.0.0.1'): Promise<Client> {
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const socket = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', localAddress });
  sockets.push(socket);
  const closed = new Promise((resolve) => socket.on('error', () => {}).on('close', resolve));
  socket.resume();
  const [{ remoteAddress, remotePort }] = await accepted;
  return { socket, name: `${remoteAddress}:${remotePort}`, closed };
}

const account = ({ name }: Client): string | undefined => connections.accountOf(name, () => undefined);

describe('connections', () => {
  it('are refused above the rate of handshakes of their source, and others are not', async () => {
    keep({ perSource: { perSecond: 0.001, burst: 2 } });
    const [first, second, third] = [await open(), await open(), await open()];
    await third.closed;
    expect([first, second, third].map(account)).toEqual(['127.0.0.1', '127.0.0.1', undefined]);
    expect(account(await open('127.0.0.2'))).toBe('127.0.0.2');
  });

  it('cost no handshake in plaintext', async () => {
    keep({ perSource: { perSecond: 0.001, burst: 1 } }, false);
    expect([await open(), await open(), await open()].map(account)).toEqual(['127.0.0.1', '127.0.0.1', '127.0.0.1']);
  });

  it('of one source that are too many cost the oldest of it over which no call came', async () => {
    keep({ openPerSource: 3 });
    const elsewhere = await open('127.0.0.2');
    const caller = await open();
    account(caller);
    const [silent, younger] = [await open(), await open()];
    const newcomer = await open();
    await silent.closed;
    expect([elsewhere, caller, silent, younger, newcomer].map((client) => account(client) !== undefined)).toEqual([
      true,
      true,
      false,
      true,
      true,
    ]);
  });

  it('that are too many in all cost the oldest over which no call came; when calls came over all, the newest', async () => {
    keep({ openInAll: 2 });
    const [caller, silent] = [await open('127.0.0.2'), await open('127.0.0.3')];
    account(caller);
    const newcomer = await open('127.0.0.4');
    await silent.closed;
    expect(account(newcomer)).toBe('127.0.0.4');
    const late = await open('127.0.0.5');
    await late.closed;
    expect([caller, newcomer, late].map(account)).toEqual(['127.0.0.2', '127.0.0.4', undefined]);
  });

  it('are closed when no call comes over them in time', async () => {
    keep({ firstCallMs: 30_000 });
    const [caller, silent] = [await open(), await open()];
    account(caller);
    now = 20_000;
    const younger = await open();
    now = 30_000;
    await silent.closed;
    expect([caller, silent, younger].map((client) => account(client) !== undefined)).toEqual([true, false, true]);
  });

  it('are counted for an identity, which is asked for once', async () => {
    keep({});
    const { name } = await open();
    const names = ['urn:test:jane', 'urn:test:joe'];
    expect([1, 2].map(() => connections.accountOf(name, () => names.shift()))).toEqual(['urn:test:jane', 'urn:test:jane']);
  });
});
