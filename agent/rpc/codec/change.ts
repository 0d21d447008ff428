import {
  type RouteOperation,
  Atomicity as WireAtomicity,
  type ChangeHeader as WireChangeHeader,
  DriftPolicy as WireDriftPolicy,
  Risk as WireRisk,
  type WriteOptions as WireWriteOptions,
} from '../../../proto/gen/routefleet/v1/commit.pb.js';
import type { RouteKey } from '../../../proto/gen/routefleet/v1/route.pb.js';
import { InvalidValueError } from '../../../proto/invalid-value.js';
import type { Change, CommitOptions, Operation, Risk } from '../../commits/change.js';
import type { Atomicity, DriftPolicy } from '../../commits/commit.js';
import { maxConfirmWithinMs } from '../../commits/unsettled.js';
import { decodeAddress, missingField } from './address.js';
import { decodeMilliseconds } from './duration.js';
import { checkEnum } from './enum.js';
import { decodeProbes } from './probe.js';
import { decodeRouteKey, decodeRouteSpec } from './route.js';
import { decodeFreeText, decodeName } from './text.js';

const maxComment = 256;
const maxDestinations = 64;

/** Everything about a write but the rows. */
export type DecodedOptions = Omit<CommitOptions, 'contentHash' | 'planToken' | 'destinations'> & Pick<Change, 'owner'>;

/** The options of a write; absent ones ask for nothing. */
export function decodeWriteOptions(field: string, options: WireWriteOptions | undefined): DecodedOptions {
  return {
    requestId: decodeName(`${field}.request_id`, options?.requestId ?? ''),
    validateOnly: options?.validateOnly ?? false,
    owner: decodeName(`${field}.owner`, options?.owner ?? ''),
    comment: decodeFreeText(`${field}.comment`, options?.comment ?? '', maxComment),
    confirmWithinMs: decodeMilliseconds(`${field}.confirm_within`, options?.confirmWithin, maxConfirmWithinMs),
    commitId: decodeName(`${field}.commit_id`, options?.commitId ?? ''),
    requireFreshConnection: options?.requireFreshConnection ?? false,
    acceptedRisks: new Set((options?.acceptedRisks ?? []).map((risk) => decodeRisk(`${field}.accepted_risks`, risk))),
    probes: decodeProbes(`${field}.probes`, options?.probes ?? []),
    expectedRevision: options?.expectedRevision,
  };
}

function decodeRisk(field: string, risk: WireRisk): Risk {
  switch (checkEnum(field, WireRisk, risk)) {
    case WireRisk.UNSPECIFIED:
      throw new InvalidValueError('INVALID_ENUM', `${field}: UNSPECIFIED is not a risk`, 'name each risk that you accept');
    case WireRisk.MANAGEMENT_PATH:
      return 'management-path';
    case WireRisk.DEFAULT_ROUTE:
      return 'default-route';
    case WireRisk.OTHER_OWNER:
      return 'other-owner';
  }
}

/** The header of a change. */
export interface DecodedHeader {
  readonly options: DecodedOptions;
  readonly change: Pick<Change, 'atomicity' | 'owner' | 'driftPolicy'> & { readonly replaceOwned: boolean };
  readonly view: Pick<CommitOptions, 'planToken' | 'destinations'>;
}

/** Opens a change. */
export function decodeHeader(header: WireChangeHeader): DecodedHeader {
  const options = decodeWriteOptions('header.options', header.options);
  const driftPolicy = decodeDriftPolicy(header.driftPolicy);
  const { owner } = options;
  if (header.replaceOwned) requireOwner(owner, 'header.replace_owned');
  if (driftPolicy !== undefined) requireOwner(owner, 'header.drift_policy');
  if (header.destinations.length > maxDestinations) {
    const message = `header.destinations: ${header.destinations.length} addresses are more than ${maxDestinations}`;
    throw new InvalidValueError('INVALID_ARGUMENT', message, 'ask for fewer best routes in one plan');
  }
  const destinations = header.destinations.map((text) => decodeAddress('header.destinations', text));
  const atomicity = decodeAtomicity(header.atomicity);
  return {
    options,
    change: { atomicity, owner, driftPolicy, replaceOwned: header.replaceOwned },
    view: { planToken: header.planToken, destinations },
  };
}

function decodeAtomicity(value: WireAtomicity): Atomicity {
  switch (checkEnum('header.atomicity', WireAtomicity, value)) {
    case WireAtomicity.UNSPECIFIED:
    case WireAtomicity.ALL_OR_NOTHING:
      return 'all-or-nothing';
    case WireAtomicity.CONTINUE_ON_ERROR:
      return 'continue-on-error';
  }
}

function decodeDriftPolicy(value: WireDriftPolicy): DriftPolicy | undefined {
  switch (checkEnum('header.drift_policy', WireDriftPolicy, value)) {
    case WireDriftPolicy.UNSPECIFIED:
      return undefined;
    case WireDriftPolicy.ENFORCE:
      return 'enforce';
    case WireDriftPolicy.REPORT:
      return 'report';
  }
}

/** @throws InvalidValueError when something is asked for that only owned rows can have */
export function requireOwner(owner: string, field: string): void {
  if (owner !== '') return;
  throw new InvalidValueError(
    'OWNER_REQUIRED',
    `${field} needs an owner, and options.owner is absent`,
    'send options.owner: the name under which the rows are kept',
  );
}

/** One operation. */
export function decodeOperation(field: string, { operation, alsoRegistry }: RouteOperation): Operation {
  if (alsoRegistry && operation !== undefined && operation.$case !== 'delete') {
    const message = `${field}.also_registry stands beside ${operation.$case}`;
    throw new InvalidValueError(
      'INVALID_ARGUMENT',
      message,
      'send it with delete alone: the agent takes values out of the registry, and writes none',
    );
  }
  switch (operation?.$case) {
    case undefined:
      return missingField(`${field}.operation`, 'create, set, put, delete or disown');
    case 'create':
      return { action: 'create', route: decodeRouteSpec(`${field}.create`, operation.value) };
    case 'set':
      return { action: 'set', route: decodeRouteSpec(`${field}.set`, operation.value) };
    case 'put':
      return { action: 'put', route: decodeRouteSpec(`${field}.put`, operation.value) };
    case 'delete':
      return decodeDelete(`${field}.delete`, operation.value, `${field}.also_registry`, alsoRegistry);
    case 'disown':
      return { action: 'disown', key: decodeRouteKey(`${field}.disown`, operation.value) };
  }
}

/** A row to delete, perhaps out of the registry as well. */
export function decodeDelete(
  field: string,
  key: RouteKey | undefined,
  registryField: string,
  alsoRegistry: boolean,
): Operation & { readonly action: 'delete' } {
  const reference = decodeRouteKey(field, key);
  if (alsoRegistry && reference.destinationPrefix.family === 6) {
    throw new InvalidValueError(
      'INVALID_ARGUMENT',
      `${registryField}: ${key?.destinationPrefix} is IPv6, and Windows keeps persistent routes of IPv6 elsewhere, in a form that is not documented`,
      'leave it out, and delete the persistent route on the host: Remove-NetRoute -PolicyStore PersistentStore',
    );
  }
  return { action: 'delete', key: reference, alsoRegistry };
}
