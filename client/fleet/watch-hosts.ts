import { setMaxListeners } from 'node:events';
import type { RouteError } from '../errors/route-error.js';
import type { RouteFilter } from '../model/route-filter.js';
import type { RouteClient } from '../route-client.js';
import type { Connector } from './connector.js';
import { createFleetBacklog } from './fleet-backlog.js';
import type { Host } from './host.js';
import type { FleetEvent, HostEvent } from './host-event.js';
import { onHost } from './on-host.js';

/** What is watched, and until when. */
export interface WatchHostsOptions {
  readonly connector: Connector;
  /** Rows to watch; the agents do the filtering. Default: all. */
  readonly filter?: RouteFilter | undefined;
  /** Give the rows with the first "synchronized" of each host: together with the changes that follow it is all there is to know. Default false. */
  readonly rows?: boolean | undefined;
  /** Aborting it ends the watch; what was not taken yet is dropped. */
  readonly signal?: AbortSignal | undefined;
  /** Events and changes of one host that may wait to be taken. Beyond that they are merged, which "changed" says. Default 1,000. */
  readonly backlogLimit?: number | undefined;
}

/**
 * Follows the tables of many hosts at once, over lost connections and restarts of their agents. A host that fails for good does not end the
 * others. Ends when all have failed for good, when `signal` is aborted, or when the loop is left; then every connection is closed.
 *
 * Events of one host come in order. Whoever is slow to take them holds up nobody and needs no more memory than some tables of each host.
 *
 * @example
 * for await (const event of watchHosts(hosts, { connector: createConnector(), filter: { owner: 'team-net' } })) {
 *   if (event.type === 'changed') for (const { kind, route } of event.changes) console.log(event.host.name, kind, route?.destinationPrefix);
 * }
 */
export async function* watchHosts(
  hosts: readonly Host[],
  { connector, filter, rows = false, signal, backlogLimit = 1_000 }: WatchHostsOptions,
): AsyncGenerator<FleetEvent, void, undefined> {
  const left = new AbortController();
  const either = signal === undefined ? left.signal : AbortSignal.any([left.signal, signal]);
  // Every host listens; Node.js takes more than ten for a leak and warns.
  setMaxListeners(0, either);
  const backlog = createFleetBacklog(backlogLimit);

  async function watch(host: Host): Promise<void> {
    const tell = (event: HostEvent) => backlog.push(host, { ...event, time: new Date() });
    const result = await onHost(host, connector, (client) => follow(client, { filter, rows, signal: either, tell }), either);
    // After an abort nobody is told any more.
    if (!result.ok) tell({ type: 'failed', error: result.error });
  }

  either.addEventListener('abort', backlog.drop);
  if (either.aborted) backlog.drop();
  const watching = hosts.map(watch);
  Promise.all(watching).then(backlog.end, backlog.drop);
  try {
    yield* backlog;
    // Throws what is a mistake of this program.
    await Promise.all(watching);
  } finally {
    left.abort();
    await Promise.allSettled(watching);
  }
}

interface FollowOptions extends Pick<WatchHostsOptions, 'filter' | 'rows'> {
  readonly signal: AbortSignal;
  readonly tell: (event: HostEvent) => void;
}

/** Resolves when it was aborted; rejects when it cannot go on. */
async function follow(client: RouteClient, { filter, rows, signal, tell }: FollowOptions): Promise<void> {
  await using mirror = client.mirror({ filter, signal });
  let first = true;
  let down: RouteError | undefined;

  mirror.on('established', ({ type: _type, ...about }) => {
    down = undefined;
    tell({ type: 'connected', ...about });
  });
  mirror.on('synchronized', ({ revision, resumed }) => {
    const { routes } = mirror;
    tell({
      type: 'synchronized',
      revision,
      resumed,
      routeCount: routes.size,
      routes: rows && first ? [...routes.values()] : undefined,
    });
    first = false;
  });
  mirror.on('changed', (changes) => tell({ type: 'changed', changes, merged: 0 }));
  mirror.on('resync', (reason) => tell({ type: 'resynchronizing', reason }));
  mirror.on('disconnected', ({ error, retryInMs }) => {
    if (down?.reason === error.reason) return;
    down = error;
    tell({ type: 'disconnected', error, retryInMs });
  });
  await new Promise<void>((resolve, reject) => {
    mirror.on('closed', (error) => (error === undefined ? resolve() : reject(error)));
  });
}
