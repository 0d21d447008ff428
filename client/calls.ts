import { InvalidValueError } from '../proto/invalid-value.js';
import { MalformedAnswerError } from './codec/malformed-answer.js';
import { fromInvalidValue } from './errors/invalid-value.js';
import { RouteError } from './errors/route-error.js';
import type { CallOptions } from './model/call-options.js';
import type { CallLimits, Method, Transport } from './transport/transport.js';

/** Default bounds of calls, in milliseconds. */
export interface Timeouts {
  readonly unaryMs: number;
  readonly streamMs: number;
}

/** Calls of one connection: bounded, encoded and decoded, and failing as the caller of the SDK shall see it. */
export interface Calls {
  readonly transport: Transport;
  /** The bounds of a call with a stream of answers. */
  streamLimits(options: CallOptions): CallLimits;
  unary<Request, Response, Result>(
    name: string,
    method: Method<Request, Response>,
    options: CallOptions,
    encode: () => Request,
    decode: (response: Response) => Result,
  ): Promise<Result>;
  /** Gives what is thrown on this side the form of everything else that fails. */
  attempt<Result>(name: string, work: () => Promise<Result>): Promise<Result>;
  /** The same for what was thrown already. */
  explain(error: unknown, method: string): unknown;
  /** The same over a new connection, which is closed behind the work. */
  overFreshConnection<Result>(work: (calls: Calls) => Promise<Result>): Promise<Result>;
}

/** Binds calls to a connection. */
export function createCalls(transport: Transport, timeouts: Timeouts): Calls {
  const { address } = transport;

  function explain(error: unknown, method: string): unknown {
    if (error instanceof InvalidValueError) return fromInvalidValue(error, { address, method });
    if (!(error instanceof MalformedAnswerError)) return error;
    return new RouteError({
      code: 'INTERNAL',
      reason: 'MALFORMED_ANSWER',
      message: error.message,
      remedy: 'use agent and client of the same version',
      address,
      method,
      cause: error,
    });
  }

  async function attempt<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      throw explain(error, name);
    }
  }

  return {
    transport,
    streamLimits: (options) => limitsOf(options, timeouts.streamMs),
    attempt,
    explain,

    unary: (name, method, options, encode, decode) =>
      attempt(name, async () => decode(await transport.unary(method, encode(), limitsOf(options, timeouts.unaryMs)))),

    async overFreshConnection(work) {
      const fresh = transport.fresh();
      try {
        return await work(createCalls(fresh, timeouts));
      } finally {
        fresh.close();
      }
    },
  };
}

function limitsOf({ signal, timeoutMs }: CallOptions, fallbackMs: number): CallLimits {
  return { signal, timeoutMs: checkTimeout(timeoutMs ?? fallbackMs) };
}

/** @throws InvalidValueError with reason INVALID_ARGUMENT unless it is a time to wait */
export function checkTimeout(timeoutMs: number): number {
  if (timeoutMs > 0 && Number.isFinite(timeoutMs)) return timeoutMs;
  throw new InvalidValueError(
    'INVALID_ARGUMENT',
    `the timeout ${timeoutMs} is not a number of milliseconds above 0`,
    'give 10000 for ten seconds',
  );
}
