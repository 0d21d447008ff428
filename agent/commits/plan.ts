import { createHash } from 'node:crypto';
import { isUnspecified } from '../../proto/address.js';
import { etagOf } from '../../proto/etag.js';
import { formatPrefix } from '../../proto/prefix.js';
import { createBreath } from '../breath.js';
import { keyText, type Route } from '../routes/route.js';
import { type BestRouteChange, compareBestRoutes, type PlanView } from './best-route-change.js';
import type { Change } from './change.js';
import { type CommitStep, doesSomething } from './commit.js';
import { noSteps, type PlannedSteps, type PlanningGround, planSteps, type RefusedOperation } from './plan-steps.js';
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

/** Plans a change, in stretches. Pure: the same ground and the same change make the same plan. */
export async function planChange(
  ground: PlanningGround,
  change: Change,
  operations: readonly ResolvedOperation[],
  view: PlanView,
): Promise<Plan> {
  const planned = noSteps();
  await planSteps(ground, operations, planned);
  if (change.replaceOwned) await planSteps(ground, deletionsOfUnlisted(ground, operations, planned), planned);
  const { refused } = planned;
  const steps = inOrder(planned.steps);
  const bestRoutes = await compareBestRoutes(ground.reading.routes, steps.filter(isWritten), view);
  const risks = findRisks({
    steps,
    bestRoutes,
    rows: ground.reading.routes,
    owner: ground.owner,
    atomicity: change.atomicity,
    replacesDefaultRoute: change.replacesDefaultRoute ?? false,
  });
  return { steps, refused, bestRoutes, risks, token: await planToken(ground, steps) };
}

/**
 * Whatever the owner has beside the rows that are listed. What an operation meant that could not be resolved is not known, so that the rows of its
 * prefix stay.
 */
function* deletionsOfUnlisted(
  { receipts, owner }: PlanningGround,
  operations: readonly ResolvedOperation[],
  { taken, spared }: PlannedSteps,
): Generator<ResolvedOperation> {
  const unclear = new Set<string>();
  for (const operation of operations) if (operation.action === 'refused') unclear.add(formatPrefix(operation.destinationPrefix));
  for (const [key, { owner: of, desired }] of receipts) {
    if (of !== owner || taken.has(key) || spared.has(key)) continue;
    if (unclear.size > 0 && unclear.has(formatPrefix(desired.destinationPrefix))) continue;
    yield { action: 'delete', index: undefined, key: desired, allowMissing: true, etag: '', registryValues: [] };
  }
}

/** Make before break: creates, sets, deletes; a next hop needs its on-link route, which therefore comes first and goes last. */
function inOrder(steps: readonly CommitStep[]): CommitStep[] {
  const creates = { onLink: [] as CommitStep[], others: [] as CommitStep[] };
  const deletes = { onLink: [] as CommitStep[], others: [] as CommitStep[] };
  const sets: CommitStep[] = [];
  const unchanged: CommitStep[] = [];
  for (const step of steps) {
    const place = isUnspecified(step.key.nextHop) ? 'onLink' : 'others';
    switch (step.kind) {
      case 'create':
        creates[place].push(step);
        break;
      case 'set':
        sets.push(step);
        break;
      case 'delete':
        deletes[place].push(step);
        break;
      case 'unchanged':
        unchanged.push(step);
        break;
    }
  }
  return [creates.onLink, creates.others, sets, deletes.others, deletes.onLink, unchanged].flat();
}

function isWritten({ kind }: CommitStep): boolean {
  return kind !== 'unchanged';
}

/** Hashes of the table and of the steps. Of what stays as it is only the number counts: with or without it the same is done. */
async function planToken({ reading }: PlanningGround, steps: readonly CommitStep[]): Promise<string> {
  const hash = createHash('sha256').update(String(steps.length));
  const breath = createBreath();
  for (const step of steps) {
    if (!doesSomething(step)) continue;
    const { kind, key, before, after, receipt, registryValues } = step;
    const rows = `${before && etagOf(before)} ${after && `${etagOf(after)} ${changedLifetimes(before, after)}`}`;
    hash.update(`${kind} ${keyText(key)} ${rows}\n`);
    // Names are the only texts here that may hold anything.
    if (receipt !== undefined) hash.update(JSON.stringify([receipt.before?.owner, receipt.after?.owner, receipt.after?.persistent]));
    if (registryValues.length > 0) hash.update(JSON.stringify(registryValues));
    if (breath.due) await breath.take();
  }
  return `${reading.fingerprint}.${hash.digest('hex').slice(0, 32)}`;
}

/** Those that stay as they are run down meanwhile, and do not make it another plan. */
function changedLifetimes(before: Route | undefined, after: Route): string {
  const { validLifetimeSeconds: valid, preferredLifetimeSeconds: preferred } = after;
  return before?.validLifetimeSeconds === valid && before?.preferredLifetimeSeconds === preferred ? '' : `${valid} ${preferred}`;
}

/** The table's part of a token. */
export function fingerprintIn(token: string): string {
  return token.split('.', 1)[0] ?? '';
}
