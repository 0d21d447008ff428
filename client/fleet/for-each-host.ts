import { setMaxListeners } from 'node:events';
import pLimit from 'p-limit';
import type { Connector } from './connector.js';
import type { Host } from './host.js';
import { type HostResult, type HostTask, onHost } from './on-host.js';

/** How many hosts at a time, and until when. */
export interface ForEachHostOptions {
  readonly connector: Connector;
  /** Hosts at a time. Default 16. */
  readonly concurrency?: number | undefined;
  /** Aborting it ends running tasks and begins no more; each host still has its result. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Does a task on many hosts at once. Results come in the order of the hosts, each as soon as it and those before it are there. Leaving the
 * loop early aborts the rest.
 */
export async function* forEachHost<T>(
  hosts: readonly Host[],
  task: HostTask<T>,
  { connector, concurrency = 16, signal }: ForEachHostOptions,
): AsyncGenerator<HostResult<T>, void, undefined> {
  const limit = pLimit(concurrency);
  const left = new AbortController();
  const either = signal === undefined ? left.signal : AbortSignal.any([left.signal, signal]);
  // Every host that is worked on listens; Node.js takes more than ten for a leak and warns.
  setMaxListeners(0, either);
  const running = new Map(hosts.map((host, index) => [index, limit(() => onHost(host, connector, task, either))]));
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
