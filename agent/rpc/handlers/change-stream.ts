import { createHash } from 'node:crypto';
import { BinaryWriter } from '@bufbuild/protobuf/wire';
import {
  ChangeHeader,
  RouteOperation,
  type ChangeChunk as WireChangeChunk,
  type ChangeHeader as WireChangeHeader,
} from '../../../proto/gen/routefleet/v1/commit.pb.js';
import { RouteSpec } from '../../../proto/gen/routefleet/v1/route.pb.js';
import { InvalidValueError } from '../../../proto/invalid-value.js';
import { createBreath } from '../../breath.js';
import type { Change, CommitOptions, Operation } from '../../commits/change.js';
import { missingField } from '../codec/address.js';
import { type DecodedHeader, decodeHeader, decodeOperation, requireOwner } from '../codec/change.js';
import { decodeRouteSpec } from '../codec/route.js';

/** A piece of a change, in either of the RPCs that take one. */
interface Piece {
  readonly part?:
    | { readonly $case: 'header'; readonly value: WireChangeHeader }
    | { readonly $case: 'chunk'; readonly value: WireChangeChunk }
    | undefined;
}

/** A whole change, and the number of its operations or desired routes. */
export interface ReceivedChange {
  readonly change: Change & { readonly operations: readonly Operation[] };
  readonly options: CommitOptions;
}

/** Reads a change to its end, in stretches. Every value is checked before anything is done. */
export async function receiveChange(
  pieces: AsyncIterable<Piece>,
  maxOperations: number,
  take: (count: number) => void,
): Promise<ReceivedChange> {
  let header: DecodedHeader | undefined;
  const operations: Operation[] = [];
  const hash = createHash('sha256');
  const breath = createBreath();
  for await (const { part } of pieces) {
    if (part === undefined) return missingField('part', 'a header or a chunk');
    if (part.$case === 'header') {
      if (header !== undefined) throw new InvalidValueError('INVALID_ARGUMENT', 'a second header', 'send one header, and then only chunks');
      header = decodeHeader(part.value);
      hash.update(ChangeHeader.encode(part.value).finish());
      continue;
    }
    if (header === undefined) return missingField('header', 'the header first, then chunks');
    const count = part.value.operations.length + part.value.desiredRoutes.length;
    if (operations.length + count > maxOperations) throw tooMany(operations.length + count, maxOperations);
    take(count);
    for (const operation of decodeChunk(part.value, header, operations.length, hash)) {
      operations.push(operation);
      if (breath.due) await breath.take();
    }
  }
  if (header === undefined) return missingField('header', 'the header first, then chunks');
  const { options, change, view } = header;
  return { change: { ...change, operations }, options: { ...options, ...view, contentHash: hash.digest('hex') } };
}

function* decodeChunk(
  { operations, desiredRoutes }: WireChangeChunk,
  { change: { replaceOwned }, options: { owner } }: DecodedHeader,
  offset: number,
  hash: { update(bytes: Uint8Array): unknown },
): Generator<Operation> {
  if (replaceOwned ? operations.length > 0 : desiredRoutes.length > 0) throw mixed(replaceOwned);
  const content = new BinaryWriter();
  for (const [index, operation] of operations.entries()) {
    RouteOperation.encode(operation, content);
    const field = `operations[${offset + index}]`;
    const decoded = decodeOperation(field, operation);
    if ('route' in decoded && decoded.route.persistent) requireOwner(owner, `${field}: persistent`);
    yield decoded;
  }
  for (const [index, route] of desiredRoutes.entries()) {
    RouteSpec.encode(route, content);
    yield { action: 'put', route: decodeRouteSpec(`desired_routes[${offset + index}]`, route) };
  }
  hash.update(content.finish());
}

function mixed(replaceOwned: boolean): InvalidValueError {
  return replaceOwned
    ? new InvalidValueError(
        'INVALID_ARGUMENT',
        'operations stand beside header.replace_owned',
        'send desired_routes, or leave replace_owned out',
      )
    : new InvalidValueError(
        'INVALID_ARGUMENT',
        'desired_routes stand without header.replace_owned',
        'set replace_owned, or send operations',
      );
}

function tooMany(count: number, maxOperations: number): InvalidValueError {
  return new InvalidValueError(
    'TOO_MANY_OPERATIONS',
    `the change has ${count} operations or more, and one change takes ${maxOperations}`,
    'split it; limits.max_operations of GetAgent says what one change takes',
  );
}
