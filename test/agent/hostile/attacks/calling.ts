/** What can be done with a valid certificate and frames that do make sense. */
import { gzipSync } from 'node:zlib';
import { Client, credentials, Metadata, status } from '@grpc/grpc-js';
import { randomBytes } from '../random.js';
import { answersCall, callHeaders, frame, framesIn, frameType, lastData, message, preface, settings } from './frames.js';
import { answeredOrClosed, type Opened, openTls, type Result, send, type Target, within } from './target.js';

/** Only ends what hangs. */
const answerMs = 60_000;

function bodies(): readonly {
  readonly method: string;
  readonly headers?: readonly (readonly [string, string])[];
  readonly body: Buffer;
}[] {
  const empty = message(Buffer.alloc(0));
  const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));
  return [
    { method: 'GetRoute', body: message(Buffer.alloc(10), { length: 4_000_000_000 }) },
    { method: 'GetRoute', body: message(Buffer.alloc(10), { length: 5 }) },
    { method: 'GetRoute', body: Buffer.of(0, 0) },
    { method: 'GetRoute', body: message(Buffer.alloc(10), { compressed: 1 }) },
    { method: 'GetRoute', body: message(Buffer.alloc(10), { compressed: 77 }) },
    { method: 'GetRoute', headers: [['grpc-encoding', 'gzip']], body: message(randomBytes(3, 1000), { compressed: 1 }) },
    { method: 'GetRoute', headers: [['grpc-encoding', 'gzip']], body: message(bomb, { compressed: 1 }) },
    { method: 'GetRoute', headers: [['grpc-encoding', 'snappy']], body: message(Buffer.alloc(10), { compressed: 1 }) },
    { method: 'GetAgent', body: Buffer.concat(Array.from({ length: 100 }, () => empty)) },
    { method: 'GetAgent', body: Buffer.alloc(0) },
    { method: 'NoSuchRpc', body: empty },
    ...['GetRoute', 'ListRoutes', 'WatchRoutes', 'SetRoute', 'ApplyRoutes', 'PlanRoutes', 'ConfirmCommit'].map((method, seed) => ({
      method,
      body: message(randomBytes(seed, 2000)),
    })),
  ];
}

/** Messages that are none: wrong lengths, compression that is not, several for one, noise. */
export async function malformedMessages(target: Target): Promise<Result> {
  const answered = await Promise.all(
    bodies().map(async ({ method, headers, body }) => {
      const connection = await openTls(target);
      const chunks = Array.from({ length: Math.ceil(body.length / 16_384) }, (_, n) => body.subarray(n * 16_384, (n + 1) * 16_384));
      const data = [...chunks.map((chunk) => frame(frameType.data, 0, 1, chunk)), lastData(1, Buffer.alloc(0))];
      await send(connection, Buffer.concat([preface, settings(), callHeaders(1, method, headers), ...data]));
      const isAnswered = await answeredOrClosed(connection, answersCall, answerMs);
      connection.socket.destroy();
      return isAnswered;
    }),
  );
  return { calls: answered.length, answered: answered.filter(Boolean).length };
}

/** 500 calls of a connection whose requests never come, on 20 connections. */
export async function openRequests(target: Target): Promise<Result> {
  const open = async (): Promise<Opened> => {
    const connection = await openTls(target);
    const calls = Array.from({ length: 500 }, (_, n) => callHeaders(1 + 2 * n, 'SetRoute'));
    await send(connection, Buffer.concat([preface, settings(), ...calls]));
    return connection;
  };
  const connections = await Promise.all(Array.from({ length: 20 }, open));
  await new Promise((resolve) => setTimeout(resolve, 3000));
  const answered = connections
    .flatMap(({ received }) => framesIn(received()))
    .filter(({ type, stream }) => type === frameType.headers && stream > 0);
  const left = connections.filter(({ socket }) => !socket.destroyed).length;
  for (const { socket } of connections) socket.destroy();
  return { calls: 10_000, refused: answered.length, connectionsLeft: left };
}

/** One identity at full speed for eight seconds, on 16 connections with 64 calls each at a time. */
async function flood({ host, port, ca, certificate, key }: Target, path: string): Promise<Result> {
  const channel = credentials.createSsl(Buffer.from(ca), Buffer.from(key), Buffer.from(certificate));
  const options = { 'grpc.ssl_target_name_override': 'agent', 'grpc.use_local_subchannel_pool': 1 };
  const begun = Date.now();
  const end = begun + 8000;
  const counts = { served: 0, refused: 0, failed: 0 };
  const clients = Array.from({ length: 16 }, () => new Client(`${host}:${port}`, channel, options));
  const call = (client: Client): Promise<void> =>
    new Promise((resolve) => {
      const same = (bytes: Buffer): Buffer => bytes;
      client.makeUnaryRequest(path, same, same, Buffer.alloc(0), new Metadata(), { deadline: end + 5000 }, (error) => {
        if (error === null) counts.served += 1;
        else if (error.code === status.RESOURCE_EXHAUSTED) counts.refused += 1;
        else counts.failed += 1;
        resolve();
      });
    });
  const run = async (client: Client): Promise<void> => {
    while (Date.now() < end) await call(client);
  };
  await Promise.all(clients.flatMap((client) => Array.from({ length: 64 }, () => run(client))));
  for (const client of clients) client.close();
  return { ...counts, seconds: Math.ceil((Date.now() - begun) / 1000) };
}

/** GetAgent, which is served until the limit. */
export const readFlood = (target: Target): Promise<Result> => flood(target, '/routefleet.v1.RouteService/GetAgent');

/** ConfirmCommit of a commit that does not exist. */
export const settleFlood = (target: Target): Promise<Result> => flood(target, '/routefleet.v1.RouteService/ConfirmCommit');

/** An RPC that does not exist, which no handler sees. */
export const unknownFlood = (target: Target): Promise<Result> => flood(target, '/routefleet.v1.RouteService/NoSuchRpc');

/** Empty DATA frames without end. */
export async function emptyData(target: Target): Promise<Result> {
  const connection = await openTls(target);
  await send(connection, Buffer.concat([preface, settings(), callHeaders(1, 'ApplyRoutes')]));
  const block = Buffer.concat(Array.from({ length: 1000 }, () => frame(frameType.data, 0, 1)));
  let sent = 0;
  while (sent < 500_000 && !connection.socket.destroyed) {
    await send(connection, block);
    sent += 1000;
  }
  const closed = await within(answerMs, connection.closed);
  connection.socket.destroy();
  return { frames: sent, closed: Number(closed) };
}
