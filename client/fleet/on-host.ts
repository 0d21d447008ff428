import { RouteError } from '../errors/route-error.js';
import type { RouteClient } from '../route-client.js';
import type { Connector } from './connector.js';
import type { Host } from './host.js';

/** What became of one host. */
export type HostResult<T> = { readonly host: Host; readonly ok: true; readonly value: T } | FailedHost;

/** A host on which the work failed. */
export interface FailedHost {
  readonly host: Host;
  readonly ok: false;
  readonly error: RouteError;
}

/** Work on one host. Calls should be given `signal`. */
export type HostTask<T> = (client: RouteClient, host: Host, signal: AbortSignal) => Promise<T>;

/**
 * Connects to a host, does the task and closes the connection, of which nothing is left then. What fails with a RouteError is a result; anything else is a mistake in the
 * task and is thrown.
 */
export async function onHost<T>(host: Host, connector: Connector, task: HostTask<T>, signal: AbortSignal): Promise<HostResult<T>> {
  let client: RouteClient | undefined;
  try {
    if (signal.aborted) throw cancelled(host, signal);
    client = await connector(host);
    return { host, ok: true, value: await task(client, host, signal) };
  } catch (error) {
    if (error instanceof RouteError) return { host, ok: false, error };
    throw error;
  } finally {
    await client?.[Symbol.asyncDispose]();
  }
}

function cancelled({ address }: Host, { reason }: AbortSignal): RouteError {
  return new RouteError({ code: 'CANCELLED', reason: 'CANCELLED', message: 'cancelled before it began', address, cause: reason });
}
