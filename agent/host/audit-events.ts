import type { AuditEntry } from '../audit/audit.js';
import type { AgentEventName, EventSink } from './agent-event.js';

type CommitEntry = Extract<AuditEntry, { type: 'commit' }>;
type Begun = Extract<CommitEntry, { state: 'applying'; steps: unknown }>;
type Later = Exclude<CommitEntry, Begun>;
type Denied = Extract<AuditEntry, { type: 'denied' }>;

/** Why commits are undone that somebody was still to confirm. */
const unconfirmed: ReadonlySet<string> = new Set(['NOT_CONFIRMED', 'AGENT_RESTARTED']);

/** Reports what the audit log is told: what became of commits, and calls that were denied. */
export function createAuditEvents(events: EventSink): (entry: AuditEntry) => void {
  // Of commits without an end: one at a time, beside those that fail in their first moments. After a restart nothing is known of them.
  const begun = new Map<string, string>();
  const toldFailure = new Set<string>();

  const follow = (entry: Later): void => {
    const { id, state, failure } = entry;
    const event = eventOf(entry);
    // A rollback that fails is tried again and again: told once.
    if (event !== undefined && !toldFailure.has(`${id} ${state}`)) {
      const why = failure === undefined ? '' : `\n${failure.message} (${failure.reason})`;
      events.report(event, `commit ${JSON.stringify(id)}${begun.get(id) ?? ''}${why}`);
    }
    if (state === 'rollback-failed') toldFailure.add(`${id} ${state}`);
    if (state !== 'committed' && state !== 'rolled-back' && state !== 'not-begun') return;
    begun.delete(id);
    toldFailure.delete(`${id} rollback-failed`);
  };
  return (entry) => {
    switch (entry.type) {
      case 'commit':
        if ('steps' in entry) begun.set(entry.id, summary(entry));
        else follow(entry);
        return;
      case 'denied':
        events.report('denied', denial(entry));
        return;
      case 'call':
        return;
    }
  };
}

function eventOf({ state, failure }: Later): AgentEventName | undefined {
  switch (state) {
    case 'committed':
      return 'committed';
    case 'pending':
      return 'pending';
    case 'rolled-back':
      return unconfirmed.has(failure?.reason ?? '') ? 'notConfirmed' : 'rolledBack';
    case 'rollback-failed':
      return 'rollbackFailed';
    case 'applying':
    case 'rolling-back':
    case 'not-begun':
      return undefined;
  }
}

/** Texts of callers are quoted: they cannot look like lines of their own. */
function summary({ actor, owner, comment, steps, moreSteps }: Begun): string {
  const rows = steps.length + moreSteps;
  const lines = [
    ` of ${actor === '' ? 'a caller without certificate' : JSON.stringify(actor)}, ${rows} ${rows === 1 ? 'row' : 'rows'}`,
    ...(owner === '' ? [] : [`owner: ${JSON.stringify(owner)}`]),
    ...(comment === '' ? [] : [`comment: ${JSON.stringify(comment)}`]),
  ];
  return lines.join('\n');
}

function denial({ rpc, identity, peer, reason, count }: Denied): string {
  const times = count === 1 ? '' : `, ${count} times`;
  return `${JSON.stringify(identity)} at ${peer} called ${JSON.stringify(rpc)}: denied (${reason})${times}`;
}
