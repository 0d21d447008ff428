import { RouteTableError } from '../routes/errors.js';
import type { Change, CommitOptions } from './change.js';
import { doesSomething } from './commit.js';
import type { Failure } from './failure.js';
import { fingerprintIn, type Plan } from './plan.js';

/** A plan, and what it was made of. */
export type PlannedChange = Plan & {
  readonly revision: bigint;
  /** What is different since the reading of an earlier plan; undefined: not known any more. */
  changesSince(fingerprint: string): string | undefined;
};

/** The table or the change is not what the caller planned with. @throws RouteTableError REVISION_MISMATCH or STALE_PLAN */
export function checkExpectations(plan: PlannedChange, { expectedRevision, planToken }: CommitOptions): void {
  const { revision, token } = plan;
  if (expectedRevision !== undefined && expectedRevision !== revision) {
    throw new RouteTableError('REVISION_MISMATCH', `the table has revision ${revision}, not ${expectedRevision}`, {
      remedy: 'read the table again and decide anew',
      facts: { revision: String(revision) },
    });
  }
  if (planToken === '' || planToken === token) return;
  const fingerprint = fingerprintIn(planToken);
  const sameTable = fingerprint === fingerprintIn(token);
  const changes = sameTable ? undefined : plan.changesSince(fingerprint);
  const what = sameTable
    ? 'the change is not the one that was planned'
    : `the table changed since the plan, and has revision ${revision} now${changes === undefined ? '' : `: ${changes}`}`;
  throw new RouteTableError('STALE_PLAN', `the plan is stale: ${what}`, {
    remedy: 'plan again, look at the new plan, and apply that',
    facts: { changed: sameTable ? 'change' : 'table', revision: String(revision) },
  });
}

/** An operation that cannot be done keeps all others from being tried. */
export class RefusedChangeError extends RouteTableError {
  readonly plan: PlannedChange;

  constructor(failure: Failure, plan: PlannedChange, facts: Readonly<Record<string, string>>) {
    super(failure.reason, failure.message, { remedy: failure.remedy, facts: { ...failure.facts, ...facts } });
    this.plan = plan;
  }
}

/** @throws RefusedChangeError for the first operation that cannot be done, unless the others shall go on without it */
export function checkOperations(plan: PlannedChange, { atomicity }: Pick<Change, 'atomicity'>): void {
  const [first, ...others] = plan.refused;
  if (first === undefined || atomicity === 'continue-on-error') return;
  const several = plan.steps.length + plan.refused.length > 1;
  throw new RefusedChangeError(first.failure, plan, {
    ...(several && first.operationIndex !== undefined ? { operation_index: String(first.operationIndex) } : {}),
    ...(others.length > 0 ? { refused_operations: String(others.length + 1) } : {}),
  });
}

/** Steps of one commit: those of the last are in the memory of the agent, and twice in the journal, with some 500 bytes each. */
export const maxSteps = 20_000;

/** @throws RouteTableError TOO_MANY_OPERATIONS when a commit cannot hold the steps that do something */
export function checkSize({ steps }: Plan): void {
  let count = 0;
  for (const step of steps) if (doesSomething(step)) count += 1;
  if (count <= maxSteps) return;
  throw new RouteTableError('TOO_MANY_OPERATIONS', `the change takes ${count} steps, and one commit holds ${maxSteps}`, {
    remedy: 'apply it in parts; limits.max_steps of GetAgent says what one commit holds',
    facts: { steps: String(count), max_steps: String(maxSteps) },
  });
}

/** Whether there is anything to write, to the table or to the journal. */
export function hasEffect({ steps }: Plan, { driftPolicy }: Change, currentPolicy: string | undefined): boolean {
  return steps.some(doesSomething) || (driftPolicy !== undefined && driftPolicy !== currentPolicy);
}
