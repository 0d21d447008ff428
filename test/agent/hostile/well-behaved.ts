import { setTimeout as sleep } from 'node:timers/promises';
import type { Wire } from '../../support/wire.js';

/** Times of calls in ms. */
export interface Latencies {
  readonly calls: number;
  readonly failed: readonly string[];
  readonly p50: number;
  readonly p99: number;
  readonly longest: number;
}

const pauseMs = 10;

/** Calls one after another, with a pause between, until the signal; the one that runs then is counted as well. */
export async function measure(wire: Wire, until: AbortSignal): Promise<Latencies> {
  const times: number[] = [];
  const failed: string[] = [];
  do {
    const begun = performance.now();
    await wire.getAgent().catch((error: Error) => failed.push(error.message));
    times.push(performance.now() - begun);
    await sleep(pauseMs);
  } while (!until.aborted);
  return { calls: times.length, failed, ...distributionOf(times) };
}

/** Median, p99 and the longest of some times. */
export function distributionOf(times: readonly number[]): Pick<Latencies, 'p50' | 'p99' | 'longest'> {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN;
  return { p50: at(0.5), p99: at(0.99), longest: at(1) };
}
