import type { Logger } from 'pino';
import type { CommitRecord, CommitStep, Receipt } from '../commits/commit.js';
import { toFailure } from '../commits/failure.js';
import type { Journal, JournalRecord } from '../commits/journal/journal.js';
import { describeRoute, type Route } from '../routes/route.js';
import { type AuditEntry, type AuditedRow, type AuditedStep, type AuditLog, type AuditMode, bounded, noAudit } from './audit.js';

/** Steps that an entry tells one by one. */
const maxSteps = 200;

/**
 * Tells the audit log of every commit. With "required" no commit begins that it cannot be told of; what ends a commit, above all its undoing,
 * goes on all the same.
 */
export function createAuditedJournal(journal: Journal, audit: AuditLog, mode: AuditMode, log: Pick<Logger, 'warn'>): Journal {
  if (audit === noAudit) return journal;
  const missed = (id: string, error: unknown): void => {
    log.warn({ failure: toFailure(error), commit: id }, 'the audit log misses an entry');
  };
  const tellEnd = async (record: JournalRecord, failure: unknown): Promise<void> => {
    const entry = ended(record, failure);
    await audit.write(entry).catch((error: unknown) => missed(entry.id, error));
  };
  const tellBegin = async (commit: CommitRecord): Promise<void> => {
    // The audit log should not speak of commits that cannot be journaled anyway.
    await journal.check();
    try {
      await audit.write(begun(commit), { durable: mode === 'required' });
    } catch (error) {
      if (mode === 'required') throw error;
      missed(commit.id, error);
    }
  };
  return {
    get state() {
      return journal.state;
    },
    get damage() {
      return journal.damage;
    },
    async append(record) {
      if (record.type === 'begin') await tellBegin(record.commit);
      try {
        await journal.append(record);
      } catch (error) {
        await tellEnd(record, error);
        throw error;
      }
      if (record.type === 'update') await tellEnd(record, undefined);
    },
    async check() {
      await journal.check();
      if (mode === 'required') await audit.check();
    },
    close: () => journal.close(),
  };
}

function begun({ id, actor, owner, comment, steps }: CommitRecord): AuditEntry {
  return {
    type: 'commit',
    id,
    actor: bounded(actor),
    owner: bounded(owner),
    comment: bounded(comment),
    state: 'applying',
    steps: steps.slice(0, maxSteps).map(auditedStep),
    moreSteps: Math.max(0, steps.length - maxSteps),
  };
}

function ended(record: JournalRecord, error: unknown): AuditEntry & { readonly type: 'commit' } {
  const [id, state, failure] =
    record.type === 'begin' ? ([record.commit.id, 'not-begun', undefined] as const) : ([record.id, record.state, record.failure] as const);
  return {
    type: 'commit',
    id,
    state,
    failure: failure && { reason: failure.reason, message: bounded(failure.message) },
    journal: error === undefined ? undefined : toFailure(error).reason,
  };
}

function auditedStep({ kind, key, before, after, receipt, registryValues }: CommitStep): AuditedStep {
  return {
    kind,
    row: describeRoute(key),
    before: auditedRow(before, receipt?.before),
    after: auditedRow(after, receipt?.after),
    registry: registryValues.length === 0 ? undefined : registryValues.map(({ name }) => name),
  };
}

function auditedRow(route: Route | undefined, receipt: Receipt | undefined): AuditedRow | undefined {
  if (route === undefined && receipt === undefined) return undefined;
  return { metric: route?.metric, owner: receipt && bounded(receipt.owner), persistent: receipt?.persistent };
}
