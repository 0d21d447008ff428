import { setMaxListeners } from 'node:events';
import { type CallOptions, type ClientReadableStream, connectivityState, Metadata, type ServiceError } from '@grpc/grpc-js';
import { fromServiceError } from '../errors/from-service-error.js';
import { RouteError } from '../errors/route-error.js';
import type { FailedCall } from '../errors/transport-failure.js';
import { type ChannelSettings, openChannel } from './channel.js';
import { sendAll } from './send-all.js';
import type { CallLimits, Method, Transport } from './transport.js';

/** A {@link Transport} over one gRPC channel. */
export function createGrpcTransport(settings: ChannelSettings): Transport {
  const { address } = settings.endpoint;
  const channel = openChannel(settings);
  const { client } = channel;
  const open = new Set<() => unknown>();
  const closing = new AbortController();
  const closed = closing.signal;
  // Every watch that waits to try again listens; Node.js takes more than ten for a leak and warns.
  setMaxListeners(0, closed);

  /** Makes the call end with `signal` and with the client; the result undoes that. */
  function track(cancel: () => void, signal: AbortSignal | undefined): () => void {
    open.add(cancel);
    signal?.addEventListener('abort', cancel, { once: true });
    return () => {
      open.delete(cancel);
      signal?.removeEventListener('abort', cancel);
    };
  }

  function describe(method: string, { signal, timeoutMs }: CallLimits): FailedCall {
    const connected = !closed.aborted && client.getChannel().getConnectivityState(false) === connectivityState.READY;
    return { address, method, secure: settings.credentials !== undefined, connected, timeoutMs, signal };
  }

  function assertOpen(method: string, { signal }: CallLimits): void {
    if (closed.aborted) throw cancelled('the client is closed', method);
    if (signal?.aborted) throw cancelled('cancelled by the caller', method, signal.reason);
  }

  function cancelled(message: string, method: string, cause?: unknown): RouteError {
    return new RouteError({ code: 'CANCELLED', reason: 'CANCELLED', message, address, method, cause });
  }

  async function* answersOf<Response>(
    call: ClientReadableStream<Response>,
    name: string,
    limits: CallLimits,
  ): AsyncGenerator<Response, void, undefined> {
    const release = track(() => call.cancel(), limits.signal);
    try {
      for await (const message of call) yield message as Response;
    } catch (error) {
      throw isServiceError(error) ? fromServiceError(error, describe(name, limits)) : error;
    } finally {
      call.cancel();
      release();
    }
  }

  return {
    address,
    closed,

    async unary<Request, Response>(method: Method<Request, Response>, request: Request, limits: CallLimits): Promise<Response> {
      const name = nameOf(method);
      assertOpen(name, limits);
      return new Promise((resolve, reject) => {
        const call = client.makeUnaryRequest(
          method.path,
          method.requestSerialize,
          method.responseDeserialize,
          request,
          new Metadata(),
          deadlineOf(limits),
          (error, response) => {
            release();
            if (error === null) resolve(response as Response);
            else reject(fromServiceError(error, describe(name, limits)));
          },
        );
        const release = track(() => call.cancel(), limits.signal);
      });
    },

    async *serverStream<Request, Response>(
      method: Method<Request, Response>,
      request: Request,
      limits: CallLimits,
    ): AsyncGenerator<Response, void, undefined> {
      const name = nameOf(method);
      assertOpen(name, limits);
      const call = client.makeServerStreamRequest(
        method.path,
        method.requestSerialize,
        method.responseDeserialize,
        request,
        new Metadata(),
        deadlineOf(limits),
      );
      yield* answersOf(call, name, limits);
    },

    async *duplexStream<Request, Response>(
      method: Method<Request, Response>,
      requests: Iterable<Request>,
      limits: CallLimits,
    ): AsyncGenerator<Response, void, undefined> {
      const name = nameOf(method);
      assertOpen(name, limits);
      const call = client.makeBidiStreamRequest(
        method.path,
        method.requestSerialize,
        method.responseDeserialize,
        new Metadata(),
        deadlineOf(limits),
      );
      const sending = sendAll(call, requests);
      try {
        yield* answersOf(call, name, limits);
      } finally {
        await sending;
      }
    },

    fresh() {
      const other = createGrpcTransport(settings);
      const end = () => other.close().finally(() => open.delete(end));
      if (closed.aborted) end();
      else open.add(end);
      return { ...other, close: end };
    },

    async close() {
      closing.abort();
      const ended = [...open].map((end) => end());
      await Promise.all([channel.close(), ...ended]);
    },
  };
}

function deadlineOf({ timeoutMs }: CallLimits): CallOptions {
  return timeoutMs === undefined ? {} : { deadline: Date.now() + timeoutMs };
}

function nameOf({ path }: { readonly path: string }): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && 'code' in error && 'metadata' in error;
}
