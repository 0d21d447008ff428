import { describeRoute, effectiveMetric, type Route, sameRoute } from '../routes/route.js';
import type { TableReading } from './table-reading.js';

/** Readings that are kept: plans are applied soon, and a reading of a large table is large. */
const keptReadings = 4;
/** Rows that are named; more are counted. */
const namedRows = 5;

/** The readings of the last plans, to tell what changed since one of them. */
export interface RecentReadings {
  keep(reading: TableReading): void;
  /** What is different now, for people; undefined: the reading of that fingerprint is not kept any more. */
  changesSince(fingerprint: string, now: TableReading): string | undefined;
}

/** No readings yet. */
export function createRecentReadings(): RecentReadings {
  const readings = new Map<string, TableReading>();
  return {
    keep(reading) {
      readings.delete(reading.fingerprint);
      readings.set(reading.fingerprint, reading);
      for (const oldest of readings.keys()) if (readings.size > keptReadings) readings.delete(oldest);
    },
    changesSince(fingerprint, now) {
      const then = readings.get(fingerprint);
      if (then === undefined) return undefined;
      const changes = [...differences(then, now)];
      const more = changes.length > namedRows ? ` and ${changes.length - namedRows} more` : '';
      return `${changes.slice(0, namedRows).join('; ')}${more}`;
    },
  };
}

function* differences(then: TableReading, now: TableReading): Generator<string> {
  for (const [key, route] of now.routes) {
    const before = then.routes.get(key);
    if (before === undefined) yield `${describeRoute(route)} is new`;
    else if (!sameRoute(before, route)) yield `${describeRoute(route)} changed (${metricsOf(before)}, now ${metricsOf(route)})`;
  }
  for (const [key, route] of then.routes) if (!now.routes.has(key)) yield `${describeRoute(route)} is gone`;
}

function metricsOf(route: Route): string {
  return `metric ${route.metric}, effective ${effectiveMetric(route) ?? 'unknown'}`;
}
