import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Route } from '../../proto/gen/routefleet/v1/route.pb.js';
import { wholePrefix } from '../support/ip-monitor.js';
import type { Namespace } from '../support/namespaces.js';

/** Rows by rowKey, with the metric that Linux orders them by. */
export type MetricTable = ReadonlyMap<string, number>;

/** What makes a row unique for Windows; on Linux the metric is part of the key as well. */
export function rowKey(destinationPrefix: string, nextHop: string, device: string): string {
  return `${destinationPrefix} ${nextHop} ${device}`;
}

/** The key of a row of the wire, or of the SDK. */
export function wireKey({
  destinationPrefix,
  nextHop,
  interfaceAlias = '',
}: Pick<Route, 'destinationPrefix' | 'nextHop'> & { readonly interfaceAlias?: string | undefined }): string {
  return rowKey(destinationPrefix, nextHop.replace(/%.*/, ''), interfaceAlias);
}

/** The metric of Linux that stands for the row's own metric. */
export function kernelMetric({ metric, interfaceMetric = 0 }: Pick<Route, 'metric' | 'interfaceMetric'>): number {
  return metric + interfaceMetric;
}

/** What the rig takes for the metric of an interface unless it is told otherwise; rows of Linux with less than that it cannot show. */
export function interfaceMetricOf(device: string): number {
  return device === 'lo' ? 75 : 25;
}

/** Rows of the wire. */
export function wireTable(routes: Iterable<Route>): MetricTable {
  return new Map([...routes].map((route) => [wireKey(route), kernelMetric(route)]));
}

interface IpRow {
  readonly type?: string;
  readonly dst: string;
  readonly gateway?: string;
  readonly dev?: string;
  readonly metric?: number;
  readonly nexthops?: readonly { readonly gateway?: string; readonly dev?: string }[];
}

const shownTypes: readonly (string | undefined)[] = [undefined, 'unicast', 'local', 'broadcast', 'anycast', 'multicast'];

/** The rows of tables main and local by `ip -j route`, of each key the one that Linux prefers. */
export async function kernelTable(namespace: Namespace): Promise<MetricTable> {
  const table = new Map<string, number>();
  for (const family of [4, 6]) {
    const rows: readonly IpRow[] = JSON.parse(await namespace.ip(`-${family} -json route show table all`));
    for (const { type, dst, metric = 0, nexthops, ...only } of rows) {
      if (!shownTypes.includes(type)) continue;
      for (const { gateway = family === 4 ? '0.0.0.0' : '::', dev = '' } of nexthops ?? [only]) {
        const key = rowKey(wholePrefix(dst, family === 6), gateway, dev);
        const shown = Math.max(metric, interfaceMetricOf(dev));
        table.set(key, Math.min(shown, table.get(key) ?? Number.POSITIVE_INFINITY));
      }
    }
  }
  return table;
}

/** What is in one of them only, or with another metric. */
export function differences(expected: MetricTable, actual: MetricTable): string[] {
  const keys = [...new Set([...expected.keys(), ...actual.keys()])].sort();
  return keys
    .filter((key) => expected.get(key) !== actual.get(key))
    .map((key) => `${key}: expected ${expected.get(key) ?? 'none'}, was ${actual.get(key) ?? 'none'}`);
}

/** Beyond any delay of a busy machine, and below the time after which the agent reads its table unasked (60 s). */
const patienceMs = 30_000;

/** Waits until what is told is what the kernel has; nothing that happens here makes the agent read its table. @returns the differences at last */
export async function untilSame(kernel: () => Promise<MetricTable>, told: () => MetricTable): Promise<string[]> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const expected = await kernel();
    if (isDeepStrictEqual(expected, told())) return [];
    if (performance.now() > deadline) return differences(expected, told());
    await delay(20);
  }
}
