import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { type FaultProxy, startFaultProxy } from './fault-proxy.js';

/** A server that sends everything back, and what becomes of its connections. */
interface Echo {
  readonly address: string;
  /** All bytes that arrived. */
  received: string;
  /** "end" and "close" of its connections, in order. */
  readonly ends: string[];
}

let echo: Echo;
let proxy: FaultProxy;
beforeEach(async () => {
  const ends: string[] = [];
  const server = createServer((socket) => {
    socket.on('data', (data) => {
      echo.received += data;
      socket.write(data);
    });
    socket.on('error', () => {}).on('end', () => ends.push('end'));
    socket.on('close', () => ends.push('close'));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  echo = { address: `127.0.0.1:${(server.address() as AddressInfo).port}`, received: '', ends };
  proxy = await startFaultProxy(echo.address);
  onTestFinished(async () => {
    await proxy.close();
    server.close();
  });
});

/** A client of the proxy, with what it hears. */
interface Client {
  readonly socket: Socket;
  heard: string;
}

async function open(): Promise<Client> {
  const socket = connect(Number(proxy.address.split(':')[1]), '127.0.0.1');
  const client: Client = { socket, heard: '' };
  socket.on('data', (data) => {
    client.heard += data;
  });
  socket.on('error', (error: NodeJS.ErrnoException) => {
    client.heard += `(${error.code})`;
  });
  socket.on('close', () => {
    client.heard += '(closed)';
  });
  onTestFinished(() => void socket.destroy());
  await new Promise((resolve) => socket.once('connect', resolve).once('close', resolve));
  return client;
}

/** A connection over which "hello" went there and back. */
async function openAndTalk(): Promise<Client> {
  const client = await open();
  client.socket.write('hello');
  await expect.poll(() => client.heard).toBe('hello');
  return client;
}

describe('the fault proxy', () => {
  it('passes on what is sent, and ends', async () => {
    const client = await openAndTalk();
    client.socket.end();
    await expect.poll(() => [client.heard, ...echo.ends]).toEqual(['hello(closed)', 'end', 'close']);
  });

  it('loses what is sent to the agent, for ever on that connection', async () => {
    const client = await openAndTalk();
    proxy.strike({ kind: 'drop', way: 'toAgent' });
    client.socket.write('lost');
    // What comes later on another connection has certainly overtaken it.
    proxy.heal();
    await openAndTalk();
    expect(echo.received).toBe('hellohello');
  });

  it('loses what is sent to the controller', async () => {
    const client = await openAndTalk();
    proxy.strike({ kind: 'drop', way: 'toController' });
    client.socket.write('there');
    await expect.poll(() => echo.received).toBe('hellothere');
    expect(client.heard).toBe('hello');
  });

  it('holds everything back in a black hole, also on new connections, until it is over', async () => {
    const client = await openAndTalk();
    proxy.strike({ kind: 'blackHole' });
    client.socket.write(' again');
    const other = await open();
    other.socket.write('first');
    expect([echo.received, other.heard]).toEqual(['hello', '']);
    proxy.heal();
    await expect.poll(() => [client.heard, other.heard]).toEqual(['hello again', 'first']);
  });

  it('delays', async () => {
    const client = await openAndTalk();
    proxy.strike({ kind: 'delay', ms: 100 });
    const before = performance.now();
    client.socket.write('!');
    await expect.poll(() => client.heard).toBe('hello!');
    expect(performance.now() - before).toBeGreaterThanOrEqual(199);
  });

  it('does not tell the controller that the agent is gone', async () => {
    const client = await openAndTalk();
    proxy.strike({ kind: 'halfOpen', gone: 'agent' });
    await expect.poll(() => echo.ends).toContain('close');
    expect([client.heard, client.socket.readyState]).toEqual(['hello', 'open']);
  });

  it('does not tell the agent that the controller is gone', async () => {
    const client = await openAndTalk();
    proxy.strike({ kind: 'halfOpen', gone: 'controller' });
    await expect.poll(() => client.heard).toBe('hello(ECONNRESET)(closed)');
    expect(echo.ends).toEqual([]);
  });

  it('resets', async () => {
    const client = await openAndTalk();
    proxy.strike({ kind: 'reset' });
    await expect.poll(() => client.heard).toBe('hello(ECONNRESET)(closed)');
    await expect.poll(() => echo.ends).toEqual(['close']);
  });

  it('refuses, until it is over', async () => {
    proxy.strike({ kind: 'refuse' });
    expect((await open()).heard).toBe('(ECONNREFUSED)(closed)');
    proxy.heal();
    await openAndTalk();
  });

  it('strikes after so many bytes, which come through', async () => {
    const client = await open();
    proxy.strikeAt({ way: 'toController', afterBytes: 3 }, { kind: 'drop', way: 'toController' });
    client.socket.write('hello');
    await expect.poll(() => client.heard).toBe('hel');
    expect([echo.received, proxy.strikes]).toEqual(['hello', 1]);
  });

  it('strikes with the n-th connection from now', async () => {
    await openAndTalk();
    proxy.strikeAt({ connection: 2 }, { kind: 'reset' });
    const second = await openAndTalk();
    expect(proxy.strikes).toBe(0);
    const third = await open();
    await expect.poll(() => [second.heard, third.heard]).toEqual(['hello(ECONNRESET)(closed)', '(ECONNRESET)(closed)']);
  });

  it('strikes with the first bytes once it is so', async () => {
    const client = await openAndTalk();
    proxy.strikeAt({ way: 'toController', once: () => echo.received.endsWith('!') }, { kind: 'blackHole' });
    client.socket.write('.');
    await expect.poll(() => client.heard).toBe('hello.');
    client.socket.write('!');
    await expect.poll(() => [echo.received, proxy.strikes]).toEqual(['hello.!', 1]);
    expect(client.heard).toBe('hello.');
  });
});
