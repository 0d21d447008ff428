import type { Route } from '../routes/route.js';
import type { OwnershipChange, OwnWrite } from '../watch/observed-table.js';
import type { CommitStep } from './commit.js';

/** Which side of a step is made: "after" when it is done, "before" when it is undone. */
type Side = 'before' | 'after';

/** The write that makes one side of a step. `current` is the row as read right before; undefined: there is none. */
export function writeOf(step: CommitStep, commitId: string, side: Side, current: Route | undefined): OwnWrite {
  const { key, receipt } = step;
  const ownershipChange = receipt && { key: receipt.key, ownership: receipt[side] };
  return { key, commitId, before: current, after: step[side], ownershipChange };
}

/** Whose the rows of the steps are by one side of them. */
export function ownershipsOf(steps: readonly CommitStep[], side: Side): OwnershipChange[] {
  return steps.flatMap(({ receipt }) => (receipt === undefined ? [] : [{ key: receipt.key, ownership: receipt[side] }]));
}
