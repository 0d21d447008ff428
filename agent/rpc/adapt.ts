import { addAbortSignal } from 'node:stream';
import type { handleBidiStreamingCall, handleServerStreamingCall, handleUnaryCall, StatusObject } from '@grpc/grpc-js';
import type { Logger } from 'pino';
import type { Admission, AdmittedCall } from './admission.js';
import type { Call, CallOfGrpc } from './call.js';
import type { AuditedCall, CallAudit } from './call-audit.js';
import { type OutgoingError, toStatus } from './status.js';
import { createTurns } from './turns.js';

/** Making a message takes milliseconds: of all streams that have one to make, one makes it at a time. */
const turn = createTurns();

/** What serving a call needs besides its handler. */
export interface Serving {
  readonly log: Logger;
  readonly admission: Admission;
  readonly audit: CallAudit;
}

/** Serves a call if it may be made, and tells the audit log how that ended. */
async function serveAdmitted<Result>(
  { admission, audit }: Serving,
  call: CallOfGrpc,
  serve: (call: AdmittedCall, sent: AuditedCall['sent']) => Promise<Result>,
): Promise<Result> {
  const admitted = admit(admission, audit, call);
  const { sent, ended } = audit.follow(call, admitted);
  try {
    const result = await serve(admitted, sent);
    ended();
    return result;
  } catch (error) {
    ended(error);
    throw error;
  } finally {
    admitted.done();
  }
}

function admit(admission: Admission, audit: CallAudit, call: CallOfGrpc): AdmittedCall {
  try {
    return admission.admit(call);
  } catch (error) {
    audit.denied(call, error);
    throw error;
  }
}

/** Serves a unary RPC by a promise. */
export function unary<Request, Response extends object>(
  serving: Serving,
  handle: (request: Request, call: Call) => Promise<Response>,
): handleUnaryCall<Request, Response> {
  const { log } = serving;
  return (call, callback) => {
    serveAdmitted(serving, call, async (admitted, sent) => {
      const response = await handle(call.request, admitted);
      sent(response);
      return response;
    }).then(
      (response) => {
        log.debug({ rpc: call.getPath(), peer: call.getPeer() }, 'served');
        callback(null, response);
      },
      (error: unknown) => callback(logged(log, call, error).status),
    );
  };
}

/** Serves a server-streaming RPC by an async iterable: pulled only as fast as the client reads, ended when the client leaves. */
export function serverStreaming<Request, Response extends object>(
  serving: Serving,
  handle: (request: Request, call: Call) => AsyncIterable<Response>,
): handleServerStreamingCall<Request, Response> {
  return (call) => answer(serving, call, (admitted) => handle(call.request, admitted));
}

/** Serves a bidirectional RPC by an async iterable over the client's messages, which is read only as fast as it is consumed. */
export function duplex<Request, Response extends object>(
  serving: Serving,
  handle: (requests: AsyncIterable<Request>, call: Call) => AsyncIterable<Response>,
): handleBidiStreamingCall<Request, Response> {
  return (call) =>
    answer(serving, call, (admitted) => {
      // Half a request must not look like a whole one: when the client leaves, reading fails.
      addAbortSignal(admitted.left.signal, call);
      // Reading to the end must not end the writing side as well.
      const requests: AsyncIterable<Request> = call.iterator({ destroyOnReturn: false });
      return handle(requests, admitted);
    });
}

/** The part of a streaming call that answers go out by. */
interface AnsweringCall<Response> extends CallOfGrpc {
  readonly cancelled: boolean;
  write(message: Response, flushed: () => void): boolean;
  end(): void;
  on(event: string, listener: () => void): unknown;
  off(event: string, listener: () => void): unknown;
  emit(event: 'error', status: StatusObject): boolean;
}

function answer<Response extends object>(
  serving: Serving,
  call: AnsweringCall<Response>,
  handle: (admitted: AdmittedCall) => AsyncIterable<Response>,
): void {
  const { log } = serving;
  serveAdmitted(serving, call, (admitted, sent) =>
    // Whoever may not go on is told at once, also one who does not read what is on its way.
    Promise.race([pump(call, handle(admitted), admitted, sent), rejection(admitted.denied.signal)]),
  ).then(
    () => log.debug({ rpc: call.getPath(), peer: call.getPeer(), cancelled: call.cancelled }, 'served'),
    (error: unknown) => call.emit('error', logged(log, call, error).status),
  );
}

/** Rejects when the signal is aborted. */
function rejection(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));
}

async function pump<Response extends object>(
  call: AnsweringCall<Response>,
  messages: AsyncIterable<Response>,
  { denied }: AdmittedCall,
  sent: AuditedCall['sent'],
): Promise<void> {
  let flushed = Promise.resolve();
  await turn();
  if (call.cancelled) return;
  for await (const message of messages) {
    // One message waits while the next is made. The stream would take sixteen, which for whoever does not read is memory of the agent.
    await flushed;
    denied.throwIfAborted();
    if (call.cancelled) return;
    sent(message);
    flushed = write(call, message);
    await turn();
  }
  denied.throwIfAborted();
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

function logged(log: Logger, call: CallOfGrpc, error: unknown): OutgoingError {
  const outgoing = toStatus(error);
  const { code, details } = outgoing.status;
  const about = { rpc: call.getPath(), peer: call.getPeer(), code, details };
  if (outgoing.incidentId === undefined) log.info(about, 'refused');
  else log.error({ ...about, incidentId: outgoing.incidentId, err: error }, 'failed unexpectedly');
  return outgoing;
}
