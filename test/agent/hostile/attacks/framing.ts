/** What can be done with a valid certificate and frames that make no sense. */

import { randomBytes } from '../random.js';
import {
  answersCall,
  callFields,
  callHeaders,
  flag,
  frame,
  framesIn,
  frameType,
  hpack,
  initialWindowSize,
  lastData,
  message,
  number,
  preface,
  settings,
} from './frames.js';
import { answeredOrClosed, type Opened, openTls, type Result, send, type Target, within } from './target.js';

/** Only ends what hangs. */
const answerMs = 60_000;

/** Opens a connection with its preface and settings. */
async function begin(target: Target, ...entries: readonly (readonly [number, number])[]): Promise<Opened> {
  const connection = await openTls(target);
  await send(connection, Buffer.concat([preface, settings(...entries)]));
  return connection;
}

const malformed: readonly Buffer[] = [
  frame(frameType.data, 0, 1, Buffer.alloc(16), 0xff_ffff),
  frame(frameType.headers, flag.endHeaders, 0, hpack(callFields('GetAgent'))),
  frame(frameType.headers, flag.endHeaders, 2, hpack(callFields('GetAgent'))),
  frame(frameType.headers, flag.endHeaders, 1, randomBytes(7, 64)),
  frame(frameType.headers, flag.endHeaders | flag.padded, 1, Buffer.of(255, 1, 2)),
  frame(frameType.data, 0, 5, Buffer.from('no such stream')),
  frame(frameType.data, 0, 0, Buffer.from('the connection is no stream')),
  frame(frameType.windowUpdate, 0, 0, number(0, 4)),
  Buffer.concat([frame(frameType.windowUpdate, 0, 0, number(0x7fff_ffff, 4)), frame(frameType.windowUpdate, 0, 0, number(0x7fff_ffff, 4))]),
  frame(frameType.settings, 0, 0, Buffer.alloc(5)),
  frame(frameType.settings, 0, 3, Buffer.alloc(6)),
  frame(frameType.settings, flag.ack, 0, Buffer.alloc(6)),
  frame(frameType.ping, 0, 0, Buffer.alloc(7)),
  frame(frameType.reset, 0, 0, number(8, 4)),
  frame(frameType.reset, 0, 9, number(8, 4)),
  frame(frameType.goAway, 0, 4, Buffer.alloc(8)),
  frame(frameType.continuation, flag.endHeaders, 1, Buffer.alloc(8)),
  Buffer.concat([frame(frameType.headers, 0, 1, hpack(callFields('GetAgent'))), frame(frameType.ping, 0, 0, Buffer.alloc(8))]),
];

/** Each kind of broken frame, on a connection of its own; decided: the agent closed it, or went on and answered the PING behind it. */
export async function malformedFrames(target: Target): Promise<Result> {
  const isAnswered = (received: Buffer): boolean => framesIn(received).some(({ type }) => type === frameType.ping);
  const attempts = malformed.map(async (bytes) => {
    const connection = await begin(target);
    await send(connection, Buffer.concat([bytes, frame(frameType.ping, 0, 0, Buffer.alloc(8))]));
    const decided = await answeredOrClosed(connection, isAnswered, answerMs);
    const closed = connection.socket.destroyed;
    connection.socket.destroy();
    return { decided, closed };
  });
  const all = await Promise.all(attempts);
  return { frames: all.length, decided: all.filter(({ decided }) => decided).length, closed: all.filter(({ closed }) => closed).length };
}

/** Frames without end, which nobody reads the answers to. @returns bytes that went out before the agent had enough */
async function flood(target: Target, first: Buffer, unit: Buffer, times: number): Promise<Result> {
  const connection = await begin(target);
  connection.socket.pause();
  await send(connection, first);
  const block = Buffer.concat(Array.from({ length: 100 }, () => unit));
  let sent = 0;
  while (sent < times && !connection.socket.destroyed) {
    if (!(await within(answerMs, send(connection, block)))) break;
    sent += 100;
  }
  connection.socket.resume();
  const closed = await within(answerMs, connection.closed);
  connection.socket.destroy();
  return { sent, closed: Number(closed) };
}

/** HEADERS that never end. */
export function continuationFlood(target: Target): Promise<Result> {
  const first = frame(frameType.headers, 0, 1, hpack(callFields('GetAgent')));
  return flood(target, first, frame(frameType.continuation, 0, 1, hpack([['x', 'y'.repeat(1000)]])), 100_000);
}

/** SETTINGS, each of which wants an answer. */
export function settingsFlood(target: Target): Promise<Result> {
  return flood(target, Buffer.alloc(0), settings([initialWindowSize, 1000]), 200_000);
}

/** PING, each of which wants an answer. */
export function pingFlood(target: Target): Promise<Result> {
  return flood(target, Buffer.alloc(0), frame(frameType.ping, 0, 0, Buffer.alloc(8)), 200_000);
}

/** Headers of 1 MiB, of 15 KiB in one value, of 500 names, and metadata with a broken time-out. */
export async function giantHeaders(target: Target): Promise<Result> {
  const large = hpack([
    ...callFields('GetAgent'),
    ...Array.from({ length: 64 }, (_, n): [string, string] => [`x${n}`, 'v'.repeat(16_000)]),
  ]);
  const parts = Array.from({ length: Math.ceil(large.length / 16_384) }, (_, n) => large.subarray(n * 16_384, (n + 1) * 16_384));
  const inFrames = parts.map((part, n) => {
    const flags = n === parts.length - 1 ? flag.endHeaders : 0;
    return frame(n === 0 ? frameType.headers : frameType.continuation, flags, 1, part);
  });
  const calls = [
    Buffer.concat(inFrames),
    callHeaders(1, 'GetAgent', [['x', 'v'.repeat(16_000)]]),
    callHeaders(
      1,
      'GetAgent',
      Array.from({ length: 500 }, (_, n) => [`x${n}`, '']),
    ),
    callHeaders(1, 'GetAgent', [['grpc-timeout', '99999999999999S']]),
    callHeaders(1, 'GetAgent', [['grpc-encoding', 'v'.repeat(8000)]]),
    callHeaders(1, 'GetAgent', [['x-bin', '!!! not base64 !!!']]),
  ];
  const answered = await Promise.all(
    calls.map(async (call) => {
      const connection = await begin(target);
      await send(connection, Buffer.concat([call, lastData(1, message(Buffer.alloc(0)))]));
      const isAnswered = await answeredOrClosed(connection, answersCall, answerMs);
      connection.socket.destroy();
      return isAnswered;
    }),
  );
  return { calls: calls.length, answered: answered.filter(Boolean).length };
}

/** 10,000 streams opened and reset at once. */
export async function rapidReset(target: Target): Promise<Result> {
  const connection = await begin(target);
  let sent = 0;
  while (sent < 10_000 && !connection.socket.destroyed) {
    const triples = Array.from({ length: 50 }, (_, n) => {
      const stream = 1 + 2 * (sent + n);
      return [
        callHeaders(stream, 'WatchRoutes'),
        lastData(stream, message(Buffer.alloc(0))),
        frame(frameType.reset, 0, stream, number(8, 4)),
      ];
    });
    await send(connection, Buffer.concat(triples.flat()));
    sent += 50;
  }
  const isTurnedAway = (received: Buffer): boolean => framesIn(received).some(({ type }) => type === frameType.goAway);
  const turnedAway = await answeredOrClosed(connection, isTurnedAway, answerMs);
  connection.socket.destroy();
  return { streams: sent, turnedAway: Number(turnedAway) };
}

/** Calls whose answers have no room to go out: 300 of each kind on one connection, for five seconds. */
async function slowReader(target: Target, method: string): Promise<Result> {
  const connection = await begin(target, [initialWindowSize, 0]);
  const streams = Array.from({ length: 300 }, (_, n) => 1 + 2 * n);
  const calls = streams.map((stream) => Buffer.concat([callHeaders(stream, method), lastData(stream, message(Buffer.alloc(0)))]));
  await send(connection, Buffer.concat(calls));
  const closed = await within(5000, connection.closed);
  // Trailers go out in spite of the window: those that were refused have ended.
  const ended = framesIn(connection.received()).filter(({ type, stream }) => type === frameType.headers && stream > 0).length;
  connection.socket.destroy();
  return { calls: 300, refused: ended, closed: Number(closed) };
}

/** ListRoutes of the whole table, never read. */
export const slowListReader = (target: Target): Promise<Result> => slowReader(target, 'ListRoutes');

/** WatchRoutes, never read. */
export const slowWatchReader = (target: Target): Promise<Result> => slowReader(target, 'WatchRoutes');
