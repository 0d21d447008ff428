import type { Connector } from './connector.js';
import type { Host } from './host.js';
import { type HostResult, type HostTask, onHost } from './on-host.js';

/** When to stop. */
export interface HostByHostOptions {
  readonly connector: Connector;
  /** Go on after a failure. Default false. */
  readonly keepGoing?: boolean | undefined;
  /** Aborting it ends the running task and begins no more. */
  readonly signal?: AbortSignal | undefined;
}

/** What became of a fleet. */
export interface HostByHostOutcome<T> {
  /** Of the hosts that were begun, in order. */
  readonly results: readonly HostResult<T>[];
  /** Hosts that were not begun. */
  readonly untouched: readonly Host[];
}

/** Does a task on one host after the other, and stops at the first failure: a mistake reaches one host, not all. */
export async function hostByHost<T>(
  hosts: readonly Host[],
  task: HostTask<T>,
  { connector, keepGoing = false, signal = new AbortController().signal }: HostByHostOptions,
): Promise<HostByHostOutcome<T>> {
  const results: HostResult<T>[] = [];
  for (const host of hosts) {
    if (signal.aborted) break;
    const result = await onHost(host, connector, task, signal);
    results.push(result);
    if (!result.ok && !keepGoing) break;
  }
  return { results, untouched: hosts.slice(results.length) };
}
