import { MalformedAnswerError } from './codec/malformed-answer.js';
import type { AgentEvent } from './codec/watch.js';
import type { ResumePoint, RouteChange, WatchEvent } from './model/watch.js';
import { routeKeyText } from './route-key-text.js';

/** Where a watch is, over all its connections. */
export interface WatchProgress {
  /** From where to go on, after everything that was handed out. Undefined: only a new snapshot helps. */
  readonly resumePoint: ResumePoint | undefined;
  /** A new call begins. */
  begin(): void;
  /**
   * The event as it is handed out. Undefined: it holds nothing that was not handed out already.
   *
   * @throws MalformedAnswerError for an event that cannot come here
   */
  take(event: AgentEvent): WatchEvent | undefined;
}

/**
 * Follows the events of a watch: their order, what of them was handed out, and from where to go on. A resync and the beginning of a snapshot
 * make the resume point void: from then on the table is known again only at the end of a snapshot.
 */
export function createWatchProgress(since: ResumePoint | undefined): WatchProgress {
  let resumePoint = since;
  let phase: 'opening' | 'established' | 'snapshot' | 'live' = 'opening';
  let bootId = '';
  let rowCount = 0;
  /** What comes on this connection is above it. */
  let floor = 0n;
  /** Revisions above the resume point that were handed out, the last of each row: when the watch is resumed they come again. */
  const ahead = new Map<string, bigint>();

  function assertPhase(type: string, ...allowed: readonly (typeof phase)[]): void {
    if (!allowed.includes(phase)) throw new MalformedAnswerError(`"${type}" came in state "${phase}"`);
  }

  function enterSnapshot(): void {
    phase = 'snapshot';
    rowCount = 0;
    resumePoint = undefined;
    ahead.clear();
  }

  function reach(revision: bigint): void {
    if (revision > floor) floor = revision;
    if (resumePoint === undefined || revision > resumePoint.revision) resumePoint = { bootId, revision };
    for (const [key, handedOut] of ahead) if (handedOut <= resumePoint.revision) ahead.delete(key);
  }

  function takeChanges(changes: readonly RouteChange[], resumeRevision: bigint): WatchEvent | undefined {
    const fresh: RouteChange[] = [];
    for (const change of changes) {
      if (change.revision <= floor) throw new MalformedAnswerError(`a change of revision ${change.revision} came after revision ${floor}`);
      floor = change.revision;
      const row = change.route ?? change.previous;
      const key = row === undefined ? '' : routeKeyText(row);
      if (change.revision <= (ahead.get(key) ?? 0n)) continue;
      ahead.set(key, change.revision);
      fresh.push(change);
    }
    reach(resumeRevision);
    return fresh.length === 0 ? undefined : { type: 'changes', changes: fresh };
  }

  return {
    get resumePoint() {
      return resumePoint;
    },

    begin() {
      phase = 'opening';
    },

    take(event) {
      switch (event.type) {
        case 'established':
          assertPhase(event.type, 'opening');
          phase = 'established';
          bootId = event.bootId;
          return event;
        case 'resumed':
          assertPhase(event.type, 'established');
          if (resumePoint?.bootId !== bootId || event.revision !== resumePoint.revision) {
            throw new MalformedAnswerError(
              `the watch was resumed at revision ${event.revision} of run "${bootId}", which was not asked for`,
            );
          }
          phase = 'live';
          floor = event.revision;
          return event;
        case 'resync':
          assertPhase(event.type, 'established', 'snapshot', 'live');
          enterSnapshot();
          return event;
        case 'snapshot':
          assertPhase(event.type, 'established', 'snapshot');
          if (phase === 'established') enterSnapshot();
          rowCount += event.routes.length;
          return event;
        case 'snapshotEnd':
          assertPhase(event.type, 'established', 'snapshot');
          if (phase === 'established') enterSnapshot();
          if (event.routeCount !== rowCount) {
            throw new MalformedAnswerError(`the snapshot announced ${event.routeCount} rows and held ${rowCount}`);
          }
          phase = 'live';
          floor = event.revision;
          reach(event.revision);
          return event;
        case 'changes':
          assertPhase(event.type, 'live');
          return takeChanges(event.changes, event.resumeRevision);
        case 'heartbeat':
          assertPhase(event.type, 'established', 'snapshot', 'live');
          // Before the end of a snapshot it only says that the agent is alive.
          if (phase !== 'live') return undefined;
          if (event.revision < floor)
            throw new MalformedAnswerError(`a heartbeat of revision ${event.revision} came after revision ${floor}`);
          reach(event.revision);
          return event;
      }
    },
  };
}
