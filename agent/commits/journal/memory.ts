import { keyText } from '../../routes/route.js';
import type { CommitRecord, CommitState, DriftPolicy, DriftPolicyChange, Receipt, ReceiptChange } from '../commit.js';
import type { JournalRecord, JournalState } from './journal.js';
import type { StoredRecord } from './stored-record.js';

/** Bounds of the history; what is not in a final state is kept beyond them, and so is the newest commit. */
const maxCommits = 1000;
const maxSteps = 50_000;

/** Whether nothing more can happen to a commit. A failed rollback is tried again. */
export function isFinal(state: CommitState): boolean {
  return state === 'committed' || state === 'rolled-back';
}

/** What the records say when they are applied in order: the same on every reading, as old commits are forgotten by what the records say alone. */
export class JournalMemory implements JournalState {
  readonly commits: Map<string, CommitRecord> = new Map();
  readonly receipts: Map<string, Receipt> = new Map();
  readonly driftPolicies: Map<string, DriftPolicy> = new Map();
  #steps = 0;
  #newest = '';

  /** Why a record cannot follow on those before; undefined: it can. */
  contradictionOf(record: StoredRecord): string | undefined {
    if (record.type === 'begin' || record.type === 'commit') {
      if (this.commits.has(record.commit.id)) return `the commit "${record.commit.id}" begins a second time`;
      if (record.type === 'begin' && record.commit.state !== 'applying')
        return `the commit "${record.commit.id}" begins as ${record.commit.state}`;
    }
    if (record.type === 'update') {
      const commit = this.commits.get(record.id);
      if (commit === undefined) return `it is about the commit "${record.id}", of which nothing else is known`;
      if (isFinal(commit.state)) return `it changes the commit "${record.id}", which is ${commit.state} for good`;
    }
    return undefined;
  }

  /** Takes a record in. It must not contradict those before. */
  apply(record: StoredRecord): void {
    switch (record.type) {
      case 'begin':
      case 'commit':
        this.replaceCommit(record.commit);
        break;
      case 'update':
        this.#update(record);
        break;
      case 'receipts':
        for (const [key, receipt] of record.receipts) this.receipts.set(key, receipt);
        break;
      case 'drift-policies':
        for (const [owner, policy] of record.driftPolicies) this.driftPolicies.set(owner, policy);
        break;
      case 'header':
      case 'snapshot-end':
      case 'check':
        break;
    }
  }

  /** Adds a commit, or puts another version in its place, without taking effect on receipts. */
  replaceCommit(commit: CommitRecord): void {
    if (!this.commits.has(commit.id)) this.#newest = commit.id;
    this.#steps += commit.steps.length - (this.commits.get(commit.id)?.steps.length ?? 0);
    this.commits.set(commit.id, commit);
    this.#forgetOldest();
  }

  #update({ type: _, id, ...changes }: JournalRecord & { readonly type: 'update' }): void {
    const before = this.commits.get(id);
    if (before === undefined) throw new Error(`no commit ${id}`);
    const commit = { ...before, ...Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined)) };
    this.#takeEffect(commit);
    this.replaceCommit(commit);
  }

  #takeEffect({ state, steps, driftPolicy }: CommitRecord): void {
    switch (state) {
      case 'pending':
      case 'committed':
        for (const { receipt, outcome } of steps) if (outcome.failure === undefined) this.#setReceipt(receipt, 'after');
        this.#setDriftPolicy(driftPolicy, 'after');
        break;
      case 'rolled-back':
        for (const { receipt } of steps) this.#setReceipt(receipt, 'before');
        this.#setDriftPolicy(driftPolicy, 'before');
        break;
      case 'applying':
      case 'rolling-back':
      case 'rollback-failed':
        break;
    }
  }

  #setReceipt(change: ReceiptChange | undefined, side: 'before' | 'after'): void {
    if (change !== undefined) setOrDelete(this.receipts, keyText(change.key), change[side]);
  }

  #setDriftPolicy(change: DriftPolicyChange | undefined, side: 'before' | 'after'): void {
    if (change !== undefined) setOrDelete(this.driftPolicies, change.owner, change[side]);
  }

  #forgetOldest(): void {
    for (const [id, { state, steps }] of this.commits) {
      if (this.commits.size <= maxCommits && this.#steps <= maxSteps) return;
      if (id === this.#newest || !isFinal(state)) continue;
      this.commits.delete(id);
      this.#steps -= steps.length;
    }
  }
}

function setOrDelete<Value>(map: Map<string, Value>, key: string, value: Value | undefined): void {
  if (value === undefined) map.delete(key);
  else map.set(key, value);
}
