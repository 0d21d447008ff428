import { formatAddress, parseAddress } from '../../proto/address.js';
import * as wire from '../../proto/gen/routefleet/v1/commit.pb.js';
import { InvalidValueError } from '../../proto/invalid-value.js';
import type { ApplyOptions } from '../model/call-options.js';
import type { Change, RouteOperation } from '../model/change.js';
import { atomicityCodec, driftPolicyCodec } from './change-names.js';
import { encodeRouteKey, encodeRouteSpec } from './route-spec.js';
import { encodeWriteOptions } from './write.js';

/** Operations in one message. With aliases of 256 characters, Windows' longest, that is still below 1 MiB; agents take 4. */
const operationsPerChunk = 1_000;

/** A message of PlanRoutes or ApplyRoutes. */
export interface ChangePart {
  readonly part:
    | { readonly $case: 'header'; readonly value: wire.ChangeHeader }
    | { readonly $case: 'chunk'; readonly value: wire.ChangeChunk };
}

/**
 * A change as the messages of a call. All of it is checked before the first message is there.
 *
 * @throws InvalidValueError for a row or option that no host could take
 */
export function encodeChange(change: Change, options: ApplyOptions): ChangePart[] {
  const header: ChangePart = { part: { $case: 'header', value: encodeHeader(change, options) } };
  return [header, ...chunksOf(change).map((value): ChangePart => ({ part: { $case: 'chunk', value } }))];
}

function encodeHeader(change: Change, options: ApplyOptions): wire.ChangeHeader {
  const { owner, atomicity, planToken = '', destinations = [], driftPolicy } = options;
  const replaceOwned = 'desiredRoutes' in change;
  if (replaceOwned && owner === undefined) {
    throw new InvalidValueError('OWNER_REQUIRED', 'a set of desired routes is the set of an owner, and none is given', 'give an owner');
  }
  return {
    options: encodeWriteOptions(options),
    atomicity: atomicity === undefined ? wire.Atomicity.UNSPECIFIED : atomicityCodec.encode(atomicity),
    replaceOwned,
    planToken,
    destinations: destinations.map((destination) => formatAddress(parseAddress(destination))),
    driftPolicy: driftPolicy === undefined ? wire.DriftPolicy.UNSPECIFIED : driftPolicyCodec.encode(driftPolicy),
  };
}

function chunksOf(change: Change): wire.ChangeChunk[] {
  if ('desiredRoutes' in change) {
    const rows = encodeEach(change.desiredRoutes, 'desired route', encodeRouteSpec);
    return slices(rows).map((desiredRoutes) => ({ operations: [], desiredRoutes }));
  }
  const rows = encodeEach(change.operations, 'operation', encodeOperation);
  return slices(rows).map((operations) => ({ operations, desiredRoutes: [] }));
}

function encodeOperation(operation: RouteOperation): wire.RouteOperation {
  return { operation: encodeAction(operation), alsoRegistry: 'delete' in operation && operation.alsoRegistry === true };
}

function encodeAction(operation: RouteOperation): wire.RouteOperation['operation'] {
  if ('create' in operation) return { $case: 'create', value: encodeRouteSpec(operation.create) };
  if ('set' in operation) return { $case: 'set', value: encodeRouteSpec(operation.set) };
  if ('put' in operation) return { $case: 'put', value: encodeRouteSpec(operation.put) };
  if ('delete' in operation) return { $case: 'delete', value: encodeRouteKey(operation.delete) };
  return { $case: 'disown', value: encodeRouteKey(operation.disown) };
}

/** In a long list the value alone does not tell where it stands. */
function encodeEach<T, Encoded>(items: readonly T[], noun: string, encode: (item: T) => Encoded): Encoded[] {
  return items.map((item, index) => {
    try {
      return encode(item);
    } catch (error) {
      if (!(error instanceof InvalidValueError)) throw error;
      throw new InvalidValueError(error.reason, `${noun} ${index}: ${error.message}`, error.remedy);
    }
  });
}

function slices<T>(items: readonly T[]): T[][] {
  const count = Math.ceil(items.length / operationsPerChunk);
  return Array.from({ length: count }, (_, index) => items.slice(index * operationsPerChunk, (index + 1) * operationsPerChunk));
}
