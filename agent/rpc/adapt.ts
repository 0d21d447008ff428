import { addAbortSignal } from 'node:stream';
import type { handleBidiStreamingCall, handleServerStreamingCall, handleUnaryCall, StatusObject } from '@grpc/grpc-js';
import type { Logger } from 'pino';
import { type Call, type CallOfGrpc, describeCall } from './call.js';
import type { Connections } from './connections.js';
import { type OutgoingError, toStatus } from './status.js';

/** What serving a call needs besides its handler. */
export interface Serving {
  readonly log: Logger;
  readonly connections: Connections;
}

/** Serves a unary RPC by a promise. */
export function unary<Request, Response>(
  { log, connections }: Serving,
  handle: (request: Request, call: Call) => Promise<Response>,
): handleUnaryCall<Request, Response> {
  return (call, callback) => {
    handle(call.request, describeCall(call, connections)).then(
      (response) => {
        log.debug({ rpc: call.getPath(), peer: call.getPeer() }, 'served');
        callback(null, response);
      },
      (error: unknown) => callback(logged(log, call, error).status),
    );
  };
}

/** Serves a server-streaming RPC by an async iterable: pulled only as fast as the client reads, ended when the client leaves. */
export function serverStreaming<Request, Response>(
  { log, connections }: Serving,
  handle: (request: Request, call: Call) => AsyncIterable<Response>,
): handleServerStreamingCall<Request, Response> {
  return (call) => answer(log, call, handle(call.request, describeCall(call, connections)));
}

/** Serves a bidirectional RPC by an async iterable over the client's messages, which is read only as fast as it is consumed. */
export function duplex<Request, Response>(
  { log, connections }: Serving,
  handle: (requests: AsyncIterable<Request>, call: Call) => AsyncIterable<Response>,
): handleBidiStreamingCall<Request, Response> {
  return (call) => {
    const described = describeCall(call, connections);
    // Half a request must not look like a whole one: when the client leaves, reading fails.
    addAbortSignal(described.signal, call);
    // Reading to the end must not end the writing side as well.
    const requests: AsyncIterable<Request> = call.iterator({ destroyOnReturn: false });
    answer(log, call, handle(requests, described));
  };
}

/** The part of a call that tells which one it is. */
interface NamedCall extends CallOfGrpc {
  getPath(): string;
}

/** The part of a streaming call that answers go out by. */
interface AnsweringCall<Response> extends NamedCall {
  readonly cancelled: boolean;
  write(message: Response, flushed: () => void): boolean;
  end(): void;
  on(event: string, listener: () => void): unknown;
  off(event: string, listener: () => void): unknown;
  emit(event: 'error', status: StatusObject): boolean;
}

function answer<Response>(log: Logger, call: AnsweringCall<Response>, messages: AsyncIterable<Response>): void {
  pump(call, messages).then(
    () => log.debug({ rpc: call.getPath(), peer: call.getPeer(), cancelled: call.cancelled }, 'served'),
    (error: unknown) => call.emit('error', logged(log, call, error).status),
  );
}

async function pump<Response>(call: AnsweringCall<Response>, messages: AsyncIterable<Response>): Promise<void> {
  let flushed = Promise.resolve();
  for await (const message of messages) {
    // One message waits while the next is made. The stream would take sixteen, which for whoever does not read is memory of the agent.
    await flushed;
    if (call.cancelled) return;
    flushed = write(call, message);
    // Between two messages other calls get their turn, also when the client keeps up.
    await new Promise(setImmediate);
  }
  call.end();
}

/** Resolves when the message is on its way, or when nobody reads any longer. */
function write<Response>(call: AnsweringCall<Response>, message: Response): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      for (const event of ['cancelled', 'close']) call.off(event, done);
      resolve();
    };
    for (const event of ['cancelled', 'close']) call.on(event, done);
    call.write(message, done);
  });
}

function logged(log: Logger, call: NamedCall, error: unknown): OutgoingError {
  const outgoing = toStatus(error);
  const { code, details } = outgoing.status;
  const about = { rpc: call.getPath(), peer: call.getPeer(), code, details };
  if (outgoing.incidentId === undefined) log.info(about, 'refused');
  else log.error({ ...about, incidentId: outgoing.incidentId, err: error }, 'failed unexpectedly');
  return outgoing;
}
