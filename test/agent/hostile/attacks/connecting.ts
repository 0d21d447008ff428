/** What can be done without a word that makes sense. */

import { randomBytes } from '../random.js';
import { preface } from './frames.js';
import { type Opened, openTcp, openTls, type Result, send, type Target, within } from './target.js';

/** So long, for certain, an attacker is borne that keeps silent: 10 s for the handshake, 30 s to the first call, and room for a busy machine. */
const borneMs = 90_000;

async function closedOf(connections: readonly Opened[], ms: number): Promise<number> {
  const closed = await Promise.all(connections.map((connection) => within(ms, connection.closed)));
  return closed.filter(Boolean).length;
}

/** 64 KiB of noise instead of a ClientHello, 100 times. */
export async function noiseBeforeTls(target: Target): Promise<Result> {
  const connections = await Promise.all(Array.from({ length: 100 }, () => openTcp(target)));
  await Promise.all(connections.map((connection, seed) => send(connection, randomBytes(seed, 65_536))));
  return { connections: connections.length, closed: await closedOf(connections, borneMs) };
}

/** 64 KiB of noise after the handshake: instead of the preface, and behind it. */
export async function noiseAfterTls(target: Target): Promise<Result> {
  const open = async (_: unknown, seed: number): Promise<Opened> => {
    const connection = await openTls(target);
    const noise = randomBytes(1000 + seed, 65_536);
    await send(connection, seed % 2 === 0 ? noise : Buffer.concat([preface, noise]));
    return connection;
  };
  const connections = await Promise.all(Array.from({ length: 50 }, open));
  return { connections: connections.length, closed: await closedOf(connections, borneMs) };
}

/** The beginning of a ClientHello, or of the preface after TLS, and then one byte a second; and TLS without any byte. */
export async function silence(target: Target): Promise<Result> {
  const halfOpen = await Promise.all(Array.from({ length: 50 }, () => openTcp(target)));
  for (const { socket } of halfOpen) socket.write(Buffer.from('160301020001', 'hex'));
  const slow = await Promise.all(Array.from({ length: 25 }, () => openTls(target)));
  const mute = await Promise.all(Array.from({ length: 25 }, () => openTls(target)));
  let sent = 0;
  const dripping = setInterval(() => {
    for (const { socket } of slow)
      if (!socket.destroyed) socket.write(preface.subarray(sent % preface.length, (sent % preface.length) + 1));
    for (const { socket } of halfOpen) if (!socket.destroyed) socket.write(Buffer.of(0));
    sent += 1;
  }, 1000);
  const connections = [...halfOpen, ...slow, ...mute];
  const closed = await closedOf(connections, borneMs);
  clearInterval(dripping);
  return { connections: connections.length, closed };
}

/** So many connections as descriptors allow, up to 10,000, from twenty addresses; all kept open and silent. */
export async function idleConnections(target: Target): Promise<Result> {
  const wanted = 10_000;
  const connections: Opened[] = [];
  while (connections.length < wanted) {
    const batch = Array.from({ length: 250 }, (_, index) => openTcp(target, `127.0.1.${1 + ((connections.length + index) % 20)}`));
    connections.push(...(await Promise.all(batch)));
  }
  await new Promise((resolve) => setTimeout(resolve, 2000));
  const held = connections.filter(({ socket }) => !socket.destroyed).length;
  for (const { socket } of connections) socket.destroy();
  return { connections: connections.length, held };
}

/** Handshakes as fast as they go, for five seconds, from eight addresses. */
export async function handshakes(target: Target): Promise<Result> {
  const end = Date.now() + 5000;
  let tried = 0;
  let made = 0;
  const run = async (source: number): Promise<void> => {
    while (Date.now() < end) {
      tried += 1;
      const { socket } = await openTls(target, `127.0.2.${source}`);
      if (!socket.destroyed) made += 1;
      socket.destroy();
    }
  };
  await Promise.all(Array.from({ length: 64 }, (_, index) => run(1 + (index % 8))));
  return { tried, made };
}
