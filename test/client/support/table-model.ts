import type { ResumePoint, WatchRoutesResponse } from '../../../proto/gen/routefleet/v1/route_service.pb.js';
import { change, changes, established, heartbeat, resumed, resync, row, snapshot, snapshotEnd } from './watch-events.js';

interface Step {
  readonly revision: bigint;
  /** The row 10.n.0.0/16. */
  readonly n: number;
  /** Metrics; undefined: no row. */
  readonly previous: number | undefined;
  readonly next: number | undefined;
}

/** The table of an agent, and what one watcher of it is told. Says as little as it may. */
export interface TableModel {
  /** Metric by row, as it is now. */
  readonly rows: ReadonlyMap<number, number>;
  readonly revision: bigint;
  /** The watcher was told of everything. */
  readonly allTold: boolean;
  /** Sets a row to a metric, or deletes it. */
  write(n: number, metric: number | undefined): void;
  /** The agent is restarted: another run, which counts anew. */
  restart(): void;
  /** Changes until now cannot be resumed from any more. */
  forget(): void;
  /** The watcher was slow: of the changes that wait, those of one row become one. */
  merge(): void;
  /** What a new call is answered with, up to where the changes begin. */
  open(since: ResumePoint | undefined): WatchRoutesResponse[];
  /** What a watcher is told whose buffer ran over. */
  overflow(): WatchRoutesResponse[];
  /** Up to so many of the changes that wait. */
  take(count: number): WatchRoutesResponse[];
  /** Only while nothing waits. */
  heartbeat(): WatchRoutesResponse[];
}

export function createTableModel(): TableModel {
  const rows = new Map<number, number>();
  let boot = 1;
  let revision = 10n;
  let history: Step[] = [];
  let historyFrom = revision;
  let waiting: Step[] = [];
  let merged = 0;
  let resumeRevision = 0n;

  const wire = (n: number, metric: number | undefined) => (metric === undefined ? undefined : row(n, metric));

  function snapshotNow(): WatchRoutesResponse[] {
    waiting = [];
    merged = 0;
    resumeRevision = revision;
    return [...[...rows].map(([n, metric]) => snapshot(row(n, metric))), snapshotEnd(revision, rows.size)];
  }

  return {
    rows,
    get revision() {
      return revision;
    },
    get allTold() {
      return waiting.length === 0;
    },
    write(n, next) {
      const previous = rows.get(n);
      if (previous === next) return;
      if (next === undefined) rows.delete(n);
      else rows.set(n, next);
      revision += 1n;
      const step = { revision, n, previous, next };
      history.push(step);
      waiting.push(step);
    },
    restart() {
      boot += 1;
      revision = 1n;
      history = [];
      historyFrom = revision;
    },
    forget() {
      history = [];
      historyFrom = revision;
    },
    merge() {
      const whole = new Map<number, Step>();
      for (const step of waiting) {
        const first = whole.get(step.n);
        whole.delete(step.n);
        const previous = first === undefined ? step.previous : first.previous;
        if (previous !== step.next) whole.set(step.n, { ...step, previous });
      }
      waiting = [...whole.values()];
      merged = waiting.length;
    },
    open(since) {
      const begin = established(`boot-${boot}`, revision);
      if (since === undefined) return [begin, ...snapshotNow()];
      if (since.bootId !== `boot-${boot}`) return [begin, resync(1), ...snapshotNow()];
      if (since.revision < historyFrom) return [begin, resync(2), ...snapshotNow()];
      waiting = history.filter((step) => step.revision > since.revision);
      merged = 0;
      resumeRevision = since.revision;
      return [begin, resumed(since.revision)];
    },
    overflow: () => [resync(3), ...snapshotNow()],
    take(count) {
      const taken = waiting.splice(0, count);
      if (taken.length === 0) return [];
      merged = Math.max(0, merged - taken.length);
      if (merged === 0) resumeRevision = taken.at(-1)?.revision ?? resumeRevision;
      const list = taken.map((step) => change(step.revision, wire(step.n, step.previous), wire(step.n, step.next)));
      return [changes(list, resumeRevision)];
    },
    heartbeat: () => (waiting.length === 0 ? [heartbeat(revision)] : []),
  };
}
