import { etagOf } from '../../proto/etag.js';
import { createBreath } from '../breath.js';
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
import type { RegistryValue } from '../routes/route-registry.js';
import { refuseSystemPrefix, refuseSystemRow } from '../routes/system-rows.js';
import type { CommitStep, Receipt, ReceiptChange, StepOutcome } from './commit.js';
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

/** What operations come to, in their own order. */
export interface PlannedSteps {
  readonly steps: CommitStep[];
  readonly refused: RefusedOperation[];
  /** By keyText of the rows that steps are about: the index of the operation. */
  readonly taken: Map<string, number | undefined>;
  /** keyText of the rows about which operations were refused. */
  readonly spared: Set<string>;
}

/** Nothing is planned yet. */
export function noSteps(): PlannedSteps {
  return { steps: [], refused: [], taken: new Map(), spared: new Set() };
}

/** Each takes a few microseconds. */
const operationsPerLook = 32;

/** Adds one step per operation; an operation that cannot be done does not concern the others. */
export async function planSteps(ground: PlanningGround, operations: Iterable<ResolvedOperation>, planned: PlannedSteps): Promise<void> {
  const { steps, refused, taken, spared } = planned;
  const breath = createBreath(operationsPerLook);
  for (const operation of operations) {
    if (breath.due) await breath.take();
    const { action, index: operationIndex } = operation;
    if (operation.action === 'refused') refused.push({ action, operationIndex, failure: operation.failure });
    if (operation.action === 'refused' || operation.action === 'none') continue;
    const row = 'route' in operation ? operation.route : operation.key;
    // Made once: of all that planning does for a row, the text of its key costs most.
    const text = keyText(row);
    try {
      const step = planStep(ground, operation, text);
      if (taken.has(text)) throw duplicate(row, taken.get(text));
      taken.set(text, operationIndex);
      steps.push(step);
    } catch (error) {
      spared.add(text);
      refused.push({ action, operationIndex, failure: toFailure(error) });
    }
  }
}

type Plannable = Exclude<ResolvedOperation, { action: 'refused' | 'none' }>;

/** Of a step that was not tried. */
const untried: StepOutcome = { writtenBy: undefined, failure: undefined };
/** Of a step that does not write the registry. */
const none: readonly RegistryValue[] = [];

/** @param text - keyText of the row */
function planStep(ground: PlanningGround, operation: Plannable, text: string): CommitStep {
  const { index: operationIndex } = operation;
  switch (operation.action) {
    case 'create':
    case 'put':
    case 'set':
      return planWrite(ground, operation, text);
    case 'delete':
      return planDelete(ground, operation, text);
    case 'disown':
      return planDisown(ground, operation, text);
    case 'forget': {
      const key = keyOf(operation.key);
      const receipt = receiptGone(ground, key, text);
      return {
        kind: 'unchanged',
        key,
        before: undefined,
        after: undefined,
        receipt,
        registryValues: none,
        operationIndex,
        outcome: untried,
      };
    }
  }
}

function planWrite(ground: PlanningGround, operation: Extract<Plannable, { route: DesiredRoute }>, text: string): CommitStep {
  const { action, route, persistent, index: operationIndex } = operation;
  const before = ground.reading.routes.get(text);
  if (before === undefined) {
    if (action === 'set') throw ground.missing(route);
    const after = createdRow(ground, route);
    const receipt = receiptFor(ground, after, text, persistent, false);
    return { kind: 'create', key: keyOf(after), before, after, receipt, registryValues: none, operationIndex, outcome: untried };
  }
  const matches = matchesDesired(before, route);
  if (action === 'create' && !(operation.allowExisting && matches)) throw existsError(before);
  refuseSystemRow(before);
  if (action === 'set') refuseOtherEtag(before, operation.etag);
  const after = matches ? before : previewChanged(before, route);
  const kept = persistent || (action === 'set' && keptBefore(ground, text));
  const receipt = receiptFor(ground, after, text, kept, matches);
  const kind = matches ? 'unchanged' : 'set';
  return { kind, key: keyOf(before), before, after, receipt, registryValues: none, operationIndex, outcome: untried };
}

/** Whoever sets a metric does not say that the row shall no longer be kept. */
function keptBefore({ receipts, owner }: PlanningGround, text: string): boolean {
  const known = receipts.get(text);
  return known?.owner === owner && known.persistent;
}

function createdRow({ reading, bindingsKnown, missing }: PlanningGround, route: DesiredRoute): Route {
  refuseSystemPrefix(route);
  const networkInterface = reading.interfaces.get(route.interface.luid);
  const bound = networkInterface?.bindings.some(({ family }) => family === route.destinationPrefix.family) ?? false;
  if (!bound && bindingsKnown) throw missing(route);
  return previewCreated(route, networkInterface);
}

function planDelete(ground: PlanningGround, operation: Extract<Plannable, { action: 'delete' }>, text: string): CommitStep {
  const { key: named, allowMissing, etag, registryValues, index: operationIndex } = operation;
  const before = ground.reading.routes.get(text);
  const key = keyOf(before ?? named);
  const receipt = receiptGone(ground, key, text);
  if (before === undefined) {
    // A row that was made here and is gone already leaves its receipt behind, and any row its value in the registry.
    if (!allowMissing && receipt === undefined && registryValues.length === 0) throw ground.missing(named);
    return { kind: 'unchanged', key, before, after: undefined, receipt, registryValues, operationIndex, outcome: untried };
  }
  refuseSystemRow(before);
  refuseOtherEtag(before, etag);
  return { kind: 'delete', key, before, after: undefined, receipt, registryValues, operationIndex, outcome: untried };
}

function planDisown(
  ground: PlanningGround,
  { key: named, index: operationIndex }: Plannable & { key: RouteKey },
  text: string,
): CommitStep {
  const row = ground.reading.routes.get(text);
  if (row === undefined) throw ground.missing(named);
  const key = keyOf(row);
  const receipt = receiptGone(ground, key, text);
  return { kind: 'unchanged', key, before: row, after: row, receipt, registryValues: none, operationIndex, outcome: untried };
}

/** A row that nobody changes, and of which nobody says whose it is, stays whose it was. */
function receiptFor(
  { receipts, owner, reading }: PlanningGround,
  after: Route,
  text: string,
  persistent: boolean,
  unchanged: boolean,
): ReceiptChange | undefined {
  const before = receipts.get(text);
  if (owner === '') return before === undefined || unchanged ? undefined : { key: keyOf(after), before, after: undefined };
  const interfaceGuid = reading.interfaces.get(after.interface.luid)?.guid;
  const publish = after.publish || undefined;
  if (
    before !== undefined &&
    before.owner === owner &&
    before.persistent === persistent &&
    before.desired.metric === after.metric &&
    before.desired.publish === publish &&
    before.desired.interface.index === after.interface.index &&
    before.interfaceGuid === interfaceGuid
  ) {
    return undefined;
  }
  const desired: DesiredRoute = { ...keyOf(after), metric: after.metric, publish };
  return { key: keyOf(after), before, after: { owner, persistent, desired, interfaceGuid } };
}

function receiptGone({ receipts }: PlanningGround, key: RouteKey, text: string): ReceiptChange | undefined {
  const before = receipts.get(text);
  return before && { key, before, after: undefined };
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
