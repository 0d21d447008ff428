import { setMaxListeners } from 'node:events';
import pLimit from 'p-limit';
import type { Connector } from './connector.js';
import type { Host } from './host.js';
import { type HostResult, type HostTask, onHost } from './on-host.js';

/** How many at a time, and until when. */
export interface InOrderOptions {
  /** Hosts at a time. Default 16. */
  readonly concurrency?: number | undefined;
  /** Aborting it ends running tasks and begins no more; each host still has its result. */
  readonly signal?: AbortSignal | undefined;
}

/** How hosts are connected to, how many at a time, and until when. */
export interface ForEachHostOptions extends InOrderOptions {
  readonly connector: Connector;
}

/**
 * Does a task on many hosts at once. Results come in the order of the hosts, each as soon as it and those before it are there. Leaving the
 * loop early aborts the rest.
 */
export function forEachHost<T>(
  hosts: readonly Host[],
  task: HostTask<T>,
  { connector, ...options }: ForEachHostOptions,
): AsyncGenerator<HostResult<T>, void, undefined> {
  return inOrder(hosts, (host, signal) => onHost(host, connector, task, signal), options);
}

/** Runs something for each of many, as {@link forEachHost}. */
export async function* inOrder<Each, Result>(
  all: readonly Each[],
  run: (each: Each, signal: AbortSignal) => Promise<Result>,
  { concurrency = 16, signal }: InOrderOptions,
): AsyncGenerator<Result, void, undefined> {
  const limit = pLimit(concurrency);
  const left = new AbortController();
  const either = signal === undefined ? left.signal : AbortSignal.any([left.signal, signal]);
  // Every host that is worked on listens; Node.js takes more than ten for a leak and warns.
  setMaxListeners(0, either);
  const running = new Map(all.map((each, index) => [index, limit(() => run(each, either))]));
  // All are awaited below, in order; until then a failure further down the list is not an unhandled one.
  const settled = Promise.all([...running.values()].map((result) => result.then(forget, forget)));
  try {
    for (const [index, result] of running) {
      // What was taken is not kept: plans of a thousand hosts are many rows.
      running.delete(index);
      yield await result;
    }
  } finally {
    left.abort();
    await settled;
  }
}

function forget(): void {}
