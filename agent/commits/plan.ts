import { createHash } from 'node:crypto';
import { isUnspecified } from '../../proto/address.js';
import { etagOf } from '../../proto/etag.js';
import { formatPrefix } from '../../proto/prefix.js';
import { keyText, type Route } from '../routes/route.js';
import { type BestRouteChange, compareBestRoutes, type PlanView } from './best-route-change.js';
import type { Change } from './change.js';
import type { CommitStep, StepKind } from './commit.js';
import { type PlanningGround, planSteps, type RefusedOperation } from './plan-steps.js';
import type { ResolvedOperation } from './resolve-operations.js';
import { findRisks, type RiskFinding } from './risks.js';

/** What a change would do, in the order of execution. */
export interface Plan {
  readonly steps: readonly CommitStep[];
  readonly refused: readonly RefusedOperation[];
  readonly bestRoutes: readonly BestRouteChange[];
  readonly risks: readonly RiskFinding[];
  /** Names table and steps; an equal token is an equal plan. */
  readonly token: string;
}

/** Plans a change. Pure: the same ground and the same change make the same plan. */
export function planChange(ground: PlanningGround, change: Change, operations: readonly ResolvedOperation[], view: PlanView): Plan {
  const all = change.replaceOwned ? [...operations, ...deletionsOfUnlisted(ground, operations)] : operations;
  const { steps: planned, refused } = planSteps(ground, all);
  const steps = inOrder(planned);
  const before = ground.reading.routes;
  const bestRoutes = compareBestRoutes([...before.values()], tableAfter(before, steps), view);
  const risks = findRisks({
    steps,
    bestRoutes,
    rows: before,
    owner: ground.owner,
    atomicity: change.atomicity,
    replacesDefaultRoute: change.replacesDefaultRoute ?? false,
  });
  return { steps, refused, bestRoutes, risks, token: planToken(ground, steps) };
}

/**
 * Whatever the owner has beside the rows that are listed. What an operation meant that could not be resolved is not known, so that the rows of its
 * prefix stay.
 */
function deletionsOfUnlisted({ receipts, owner }: PlanningGround, operations: readonly ResolvedOperation[]): ResolvedOperation[] {
  const listed = new Set(operations.flatMap((operation) => ('route' in operation ? [keyText(operation.route)] : [])));
  const unclear = new Set(
    operations.flatMap((operation) => (operation.action === 'refused' ? [formatPrefix(operation.destinationPrefix)] : [])),
  );
  return [...receipts]
    .filter(([key, { owner: of, desired }]) => of === owner && !listed.has(key) && !unclear.has(formatPrefix(desired.destinationPrefix)))
    .map(([, { desired }]) => ({ action: 'delete', index: undefined, key: desired, allowMissing: true, etag: '' }));
}

const rank: Readonly<Record<StepKind, number>> = { create: 0, set: 1, delete: 2, unchanged: 3 };

/** Make before break: creates, sets, deletes; a next hop needs its on-link route, which therefore comes first and goes last. */
function inOrder(steps: readonly CommitStep[]): CommitStep[] {
  const linkRank = ({ kind, key }: CommitStep): number => {
    if (kind !== 'create' && kind !== 'delete') return 0;
    return isUnspecified(key.nextHop) === (kind === 'create') ? 0 : 1;
  };
  return steps.toSorted((a, b) => rank[a.kind] - rank[b.kind] || linkRank(a) - linkRank(b));
}

/** The rows as they would be. */
function tableAfter(before: ReadonlyMap<string, Route>, steps: readonly CommitStep[]): Route[] {
  const rows = new Map(before);
  for (const { key, after, kind } of steps) {
    if (after !== undefined) rows.set(keyText(key), after);
    else if (kind === 'delete') rows.delete(keyText(key));
  }
  return [...rows.values()];
}

/** Hashes of the table and of the steps. */
function planToken({ reading }: PlanningGround, steps: readonly CommitStep[]): string {
  const told = steps.map(({ kind, key, before, after, receipt }) => [
    kind,
    keyText(key),
    before && etagOf(before),
    after && [etagOf(after), ...changedLifetimes(before, after)],
    receipt && [receipt.before?.owner, receipt.after?.owner, receipt.after?.persistent],
  ]);
  return `${reading.fingerprint}.${createHash('sha256').update(JSON.stringify(told)).digest('hex').slice(0, 32)}`;
}

/** Those that stay as they are run down meanwhile, and do not make it another plan. */
function changedLifetimes(before: Route | undefined, after: Route): readonly (number | undefined)[] {
  const { validLifetimeSeconds: valid, preferredLifetimeSeconds: preferred } = after;
  return before?.validLifetimeSeconds === valid && before?.preferredLifetimeSeconds === preferred ? [] : [valid, preferred];
}

/** The table's part of a token. */
export function fingerprintIn(token: string): string {
  return token.split('.', 1)[0] ?? '';
}
