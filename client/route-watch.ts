import { RouteServiceService as service } from '../proto/gen/routefleet/v1/route_service.pb.js';
import { decodeWatchEvent, encodeWatchRequest } from './codec/watch.js';
import { RouteError } from './errors/route-error.js';
import type { ResumePoint, WatchEvent, WatchOptions } from './model/watch.js';
import type { Transport } from './transport/transport.js';
import { createWatchProgress } from './watch-progress.js';
import { createBackoff, isFinal } from './watch-retry.js';

/**
 * The events of a table, over lost connections and restarts of the agent. The watch begins with the iteration, can be iterated once, reads no
 * faster than events are taken, and is cancelled when the loop is left early.
 */
export interface RouteWatch extends AsyncIterable<WatchEvent> {
  /**
   * From where a later watch goes on (`since`), after everything that was handed out. Undefined: no snapshot is complete. Where the agent merged
   * changes for a slow watcher it lies before some that were handed out, and a later watch is told of those again.
   */
  readonly resumePoint: ResumePoint | undefined;
}

/** What a watch works with. */
export interface WatchSetting {
  readonly transport: Transport;
  /** Turns whatever went wrong into what the caller shall see. */
  readonly fail: (error: unknown) => unknown;
  /** From 0 to below 1. */
  readonly random: () => number;
}

const defaultHeartbeatMs = 10_000;
/** What a heartbeat may be late, on top of one and a half of its intervals. */
const graceMs = 3_000;
/**
 * How long an attempt may take to its first message, whatever the heartbeats: an agent may read its whole table before it, and with one heartbeat
 * an hour a host that says nothing would hold up an attempt for hours.
 */
const firstMessageMs = silenceFor(defaultHeartbeatMs);

/** @throws InvalidValueError for options that cannot be */
export function createRouteWatch({ transport, fail, random }: WatchSetting, options: WatchOptions): RouteWatch {
  const { signal, heartbeatIntervalMs = defaultHeartbeatMs } = options;
  const { address, closed } = transport;
  encodeWatchRequest(options);
  const progress = createWatchProgress(options.since);
  const silenceMs = silenceFor(heartbeatIntervalMs);
  let taken = false;

  /**
   * One call, over a connection of its own. A connection that a watch has lost may not know it, and TCP sends into it for a quarter of an hour; a
   * host that did not answer is asked again by grpc-js after up to two minutes, and by TCP after more and more time: a new one finds the host
   * as soon as it is there. And a watch that is read slowly does not fill the window of flow control of other calls.
   */
  async function* attempt(): AsyncGenerator<WatchEvent, void, undefined> {
    const connection = transport.fresh();
    const request = encodeWatchRequest({ ...options, since: progress.resumePoint });
    const messages = connection.serverStream(service.watchRoutes, request, { signal, timeoutMs: undefined });
    let silentMs: number | undefined;
    try {
      progress.begin();
      for (let limitMs = firstMessageMs; ; limitMs = silenceMs) {
        const timer = setTimeout(() => {
          silentMs = limitMs;
          connection.close();
        }, limitMs);
        const { value, done } = await messages.next().finally(() => clearTimeout(timer));
        if (done) return;
        const event = progress.take(decodeWatchEvent(value));
        if (event !== undefined) yield event;
      }
    } catch (error) {
      throw silentMs === undefined ? fail(error) : lost(address, `nothing came from ${address} for ${silentMs} ms`, error);
    } finally {
      await messages.return();
      connection.close();
    }
  }

  async function* run(): AsyncGenerator<WatchEvent, void, undefined> {
    if (taken) throw new TypeError('a watch can be iterated once; call watchRoutes again');
    taken = true;
    const backoff = createBackoff(random);
    let everEstablished = false;
    for (;;) {
      let error: RouteError;
      try {
        for await (const event of attempt()) {
          if (event.type === 'established') everEstablished = true;
          // Not with "established": an agent that fails in every snapshot shall not be asked for one four times a second.
          if (event.type === 'resumed' || event.type === 'snapshotEnd') backoff.reset();
          yield event;
        }
        error = lost(address, `${address} ended the watch`);
      } catch (thrown) {
        if (!(thrown instanceof RouteError)) throw thrown;
        const ours = thrown.code === 'CANCELLED' && (signal?.aborted === true || closed.aborted);
        if (ours || isFinal(thrown, everEstablished)) throw thrown;
        error = thrown;
      }
      const retryInMs = backoff.next();
      yield { type: 'disconnected', error, retryInMs };
      // Where that was cut short, the next attempt fails and says why.
      await pause(retryInMs, signal === undefined ? [closed] : [closed, signal]);
    }
  }

  return {
    get resumePoint() {
      return progress.resumePoint;
    },
    [Symbol.asyncIterator]: run,
  };
}

/** How long nothing at all may come from an agent that is alive. */
function silenceFor(heartbeatIntervalMs: number): number {
  return 2.5 * heartbeatIntervalMs + graceMs;
}

function lost(address: string, message: string, cause?: unknown): RouteError {
  const remedy = 'check that the host is up, that routefleet-agent runs there, and the network between';
  return new RouteError({ code: 'UNAVAILABLE', reason: 'UNREACHABLE', message, remedy, address, method: 'WatchRoutes', cause });
}

/** Waits, until one of the signals is aborted at the longest. */
async function pause(ms: number, signals: readonly AbortSignal[]): Promise<void> {
  if (signals.some(({ aborted }) => aborted)) return;
  await new Promise<void>((resolve) => {
    const end = () => {
      clearTimeout(timer);
      for (const signal of signals) signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    for (const signal of signals) signal.addEventListener('abort', end);
  });
}
