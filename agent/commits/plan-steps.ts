import { etagOf } from '../../proto/etag.js';
import { RouteTableError } from '../routes/errors.js';
import { previewChanged, previewCreated } from '../routes/preview.js';
import {
  type DesiredRoute,
  describeRoute,
  effectiveMetric,
  keyOf,
  keyText,
  matchesDesired,
  type Route,
  type RouteKey,
} from '../routes/route.js';
import { refuseSystemPrefix, refuseSystemRow } from '../routes/system-rows.js';
import type { CommitStep, Receipt, ReceiptChange } from './commit.js';
import { type Failure, toFailure } from './failure.js';
import type { ResolvedOperation } from './resolve-operations.js';
import type { TableReading } from './table-reading.js';

/** What plans are made of. */
export interface PlanningGround {
  readonly reading: TableReading;
  /** By keyText. */
  readonly receipts: ReadonlyMap<string, Receipt>;
  /** Owner of the rows that are written; empty: nobody. */
  readonly owner: string;
  /** Whether the host tells which families are bound to which interface. */
  readonly bindingsKnown: boolean;
  /** Why there is no such row, or can be none: no interface, family not bound, or no route. */
  missing(key: RouteKey): RouteTableError;
}

/** An operation that cannot be done. */
export interface RefusedOperation {
  readonly action: ResolvedOperation['action'];
  readonly operationIndex: number | undefined;
  readonly failure: Failure;
}

/** What the operations come to, in their own order. */
export interface PlannedSteps {
  readonly steps: readonly CommitStep[];
  readonly refused: readonly RefusedOperation[];
}

/** One step per operation; an operation that cannot be done does not concern the others. */
export function planSteps(ground: PlanningGround, operations: readonly ResolvedOperation[]): PlannedSteps {
  const steps: CommitStep[] = [];
  const refused: RefusedOperation[] = [];
  const taken = new Map<string, number | undefined>();
  for (const operation of operations) {
    const { action, index: operationIndex } = operation;
    try {
      if (operation.action === 'refused') refused.push({ action, operationIndex, failure: operation.failure });
      if (operation.action === 'refused' || operation.action === 'none') continue;
      const step = planStep(ground, operation);
      const key = keyText(step.key);
      if (taken.has(key)) throw duplicate(step.key, taken.get(key));
      taken.set(key, operationIndex);
      steps.push({ ...step, operationIndex, outcome: { writtenBy: undefined, failure: undefined } });
    } catch (error) {
      refused.push({ action, operationIndex, failure: toFailure(error) });
    }
  }
  return { steps, refused };
}

type StepCore = Omit<CommitStep, 'operationIndex' | 'outcome'>;
type Plannable = Exclude<ResolvedOperation, { action: 'refused' | 'none' }>;

function planStep(ground: PlanningGround, operation: Plannable): StepCore {
  switch (operation.action) {
    case 'create':
    case 'put':
    case 'set':
      return planWrite(ground, operation);
    case 'delete':
      return planDelete(ground, operation);
    case 'disown':
      return planDisown(ground, operation.key);
    case 'forget':
      return { kind: 'unchanged', ...receiptGone(ground, operation.key), before: undefined, after: undefined };
  }
}

function planWrite(ground: PlanningGround, operation: Extract<Plannable, { route: DesiredRoute }>): StepCore {
  const { action, route, persistent } = operation;
  const before = ground.reading.routes.get(keyText(route));
  if (before === undefined) {
    if (action === 'set') throw ground.missing(route);
    return planCreate(ground, route, persistent);
  }
  const matches = matchesDesired(before, route);
  if (action === 'create' && !(operation.allowExisting && matches)) throw existsError(before);
  refuseSystemRow(before);
  if (action === 'set') refuseOtherEtag(before, operation.etag);
  const after = matches ? before : previewChanged(before, route);
  const known = ground.receipts.get(keyText(before));
  // Whoever sets a metric does not say that the row shall no longer be kept.
  const kept = persistent || (action === 'set' && known?.owner === ground.owner && known.persistent);
  return {
    kind: matches ? 'unchanged' : 'set',
    key: keyOf(before),
    before,
    after,
    receipt: receiptFor(ground, after, kept, matches),
  };
}

function planCreate(ground: PlanningGround, route: DesiredRoute, persistent: boolean): StepCore {
  refuseSystemPrefix(route);
  const networkInterface = ground.reading.interfaces.get(route.interface.luid);
  const bound = networkInterface?.bindings.some(({ family }) => family === route.destinationPrefix.family) ?? false;
  if (!bound && ground.bindingsKnown) throw ground.missing(route);
  const after = previewCreated(route, networkInterface);
  return { kind: 'create', key: keyOf(after), before: undefined, after, receipt: receiptFor(ground, after, persistent, false) };
}

function planDelete(ground: PlanningGround, { key, allowMissing, etag }: Extract<Plannable, { action: 'delete' }>): StepCore {
  const before = ground.reading.routes.get(keyText(key));
  if (before === undefined) {
    // A row that was made here and is gone already leaves its receipt behind.
    if (!allowMissing && !ground.receipts.has(keyText(key))) throw ground.missing(key);
    return { kind: 'unchanged', ...receiptGone(ground, key), before: undefined, after: undefined };
  }
  refuseSystemRow(before);
  refuseOtherEtag(before, etag);
  return { kind: 'delete', ...receiptGone(ground, before), before, after: undefined };
}

function planDisown(ground: PlanningGround, key: RouteKey): StepCore {
  const row = ground.reading.routes.get(keyText(key));
  if (row === undefined) throw ground.missing(key);
  return { kind: 'unchanged', ...receiptGone(ground, row), before: row, after: row };
}

/** A row that nobody changes, and of which nobody says whose it is, stays whose it was. */
function receiptFor(ground: PlanningGround, after: Route, persistent: boolean, unchanged: boolean): ReceiptChange | undefined {
  const { receipts, owner, reading } = ground;
  const before = receipts.get(keyText(after));
  if (owner === '') return before === undefined || unchanged ? undefined : { key: keyOf(after), before, after: undefined };
  const desired: DesiredRoute = { ...keyOf(after), metric: after.metric, publish: after.publish || undefined };
  const interfaceGuid = reading.interfaces.get(after.interface.luid)?.guid;
  const receipt: Receipt = { owner, persistent, desired, interfaceGuid };
  return before !== undefined && sameReceipt(before, receipt) ? undefined : { key: keyOf(after), before, after: receipt };
}

function receiptGone({ receipts }: PlanningGround, route: RouteKey): { key: RouteKey; receipt: ReceiptChange | undefined } {
  const key = keyOf(route);
  const before = receipts.get(keyText(key));
  return { key, receipt: before && { key, before, after: undefined } };
}

function sameReceipt(a: Receipt, b: Receipt): boolean {
  return (
    a.owner === b.owner &&
    a.persistent === b.persistent &&
    a.desired.metric === b.desired.metric &&
    a.desired.publish === b.desired.publish &&
    a.desired.interface.index === b.desired.interface.index &&
    a.interfaceGuid === b.interfaceGuid
  );
}

function refuseOtherEtag(row: Route, etag: string): void {
  if (etag === '' || etag === etagOf(row)) return;
  throw new RouteTableError('ETAG_MISMATCH', `${describeRoute(row)} changed: its etag is "${etagOf(row)}", not "${etag}"`, {
    remedy: 'read the row again and decide anew',
  });
}

function existsError(existing: Route): RouteTableError {
  const metrics = `metric ${existing.metric}, effective metric ${effectiveMetric(existing) ?? 'unknown'}`;
  return new RouteTableError('ROUTE_EXISTS', `${describeRoute(existing)} exists (${metrics})`, {
    remedy: 'set the existing row instead, or delete it first',
  });
}

function duplicate(key: RouteKey, first: number | undefined): RouteTableError {
  return new RouteTableError('DUPLICATE_OPERATION', `${describeRoute(key)} is named already by operation ${first}`, {
    remedy: 'name each row once in a change',
  });
}
