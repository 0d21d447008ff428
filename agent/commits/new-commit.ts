import { randomUUID } from 'node:crypto';
import type { Caller, Change, CommitOptions } from './change.js';
import type { PlannedChange } from './checks.js';
import { type CommitRecord, type DriftPolicy, doesSomething, type HostBoot } from './commit.js';

interface NewCommit {
  readonly change: Change;
  readonly options: CommitOptions;
  readonly caller: Caller;
  readonly plan: PlannedChange;
  readonly boot: HostBoot;
  readonly driftPolicyBefore: DriftPolicy | undefined;
}

/** A commit of which nothing is written yet. */
export function newCommit({ change, options, caller, plan, boot, driftPolicyBefore }: NewCommit): CommitRecord {
  const { owner, driftPolicy, atomicity } = change;
  const { requestId, contentHash, comment, confirmWithinMs, requireFreshConnection } = options;
  return {
    id: options.commitId || randomUUID(),
    requestId,
    contentHash,
    state: 'applying',
    actor: caller.actor,
    owner,
    comment,
    atomicity,
    confirmWithinMs,
    requireFreshConnection,
    createTime: new Date(),
    endTime: undefined,
    boot,
    revisionBefore: plan.revision,
    revisionAfter: 0n,
    steps: plan.steps.filter(doesSomething),
    driftPolicy: driftPolicy && { owner, before: driftPolicyBefore, after: driftPolicy },
    probes: [],
    failure: undefined,
  };
}
