import { createHash } from 'node:crypto';
import type { WriteOptions } from '../../../proto/gen/routefleet/v1/commit.pb.js';
import {
  CreateRouteRequest,
  type CreateRouteResponse,
  DeleteRouteRequest,
  type DeleteRouteResponse,
  SetDefaultGatewayRequest,
  type SetDefaultGatewayResponse,
  SetRouteRequest,
  type SetRouteResponse,
} from '../../../proto/gen/routefleet/v1/route_service.pb.js';
import type { Change, CommitOptions, Operation } from '../../commits/change.js';
import type { CommitStep } from '../../commits/commit.js';
import { defaultGatewayChange, findGateway } from '../../commits/default-gateway.js';
import { toError } from '../../commits/failure.js';
import type { Call } from '../call.js';
import { decodeAddress } from '../codec/address.js';
import { decodeDelete, decodeWriteOptions, requireOwner } from '../codec/change.js';
import { encodeCommit, encodeRegistryValues, encodeWarnings } from '../codec/commit.js';
import { decodeRouteSpec, decodeSelector, encodeRoute } from '../codec/route.js';
import type { HandlerContext } from '../context.js';

/** CreateRoute. */
export async function createRoute(context: HandlerContext, request: CreateRouteRequest, call: Call): Promise<CreateRouteResponse> {
  const route = decodeRouteSpec('route', request.route);
  const options = decodeOptions('CreateRoute', request, CreateRouteRequest.encode(request).finish());
  if (route.persistent) requireOwner(options.owner, 'route.persistent');
  const change = oneOperation({ action: 'create', route, allowExisting: request.allowExisting }, options.owner);
  const { steps, ...written } = await write(context, change, options, call);
  const [step] = steps;
  return { ...rowsOf(step), alreadyExisted: step?.kind === 'unchanged', ...written };
}

/** SetRoute. */
export async function setRoute(context: HandlerContext, request: SetRouteRequest, call: Call): Promise<SetRouteResponse> {
  const route = decodeRouteSpec('route', request.route);
  const options = decodeOptions('SetRoute', request, SetRouteRequest.encode(request).finish());
  if (route.persistent) requireOwner(options.owner, 'route.persistent');
  const { steps, ...written } = await write(
    context,
    oneOperation({ action: 'set', route, etag: request.etag }, options.owner),
    options,
    call,
  );
  return { ...rowsOf(steps[0]), ...written, warnings: encodeWarnings(steps) };
}

/** DeleteRoute. */
export async function deleteRoute(context: HandlerContext, request: DeleteRouteRequest, call: Call): Promise<DeleteRouteResponse> {
  const { allowMissing, etag } = request;
  const operation = decodeDelete('key', request.key, 'also_registry', request.alsoRegistry);
  const options = decodeOptions('DeleteRoute', request, DeleteRouteRequest.encode(request).finish());
  const { steps, ...written } = await write(context, oneOperation({ ...operation, allowMissing, etag }, options.owner), options, call);
  return {
    route: rowsOf(steps[0]).previous,
    ...written,
    registryValues: steps.flatMap(encodeRegistryValues),
    warnings: encodeWarnings(steps),
  };
}

/** SetDefaultGateway. */
export async function setDefaultGateway(
  context: HandlerContext,
  request: SetDefaultGatewayRequest,
  call: Call,
): Promise<SetDefaultGatewayResponse> {
  const { metric, sameInterfaceOnly } = request;
  const nextHop = decodeAddress('next_hop', request.nextHop);
  const options = decodeOptions('SetDefaultGateway', request, SetDefaultGatewayRequest.encode(request).finish());
  const gateway = await findGateway(context.table, nextHop, decodeSelector(request.interface), options.confirmWithinMs !== undefined);
  const change = defaultGatewayChange({ ...gateway, metric, sameInterfaceOnly, owner: options.owner });
  const { steps, commit } = await write(context, change, options, call);
  const kept = steps.find(({ kind }) => kind !== 'delete');
  return {
    route: rowsOf(kept).route,
    replaced: steps.flatMap((step) => (step.kind === 'delete' ? (rowsOf(step).previous ?? []) : [])),
    commit,
    warnings: encodeWarnings(steps),
  };
}

type UnaryOptions = CommitOptions & Pick<Change, 'owner'>;

function decodeOptions(rpc: string, { options }: { readonly options?: WriteOptions | undefined }, bytes: Uint8Array): UnaryOptions {
  const contentHash = createHash('sha256').update(rpc).update(bytes).digest('hex');
  return { ...decodeWriteOptions('options', options), contentHash, planToken: '', destinations: [] };
}

function oneOperation(operation: Operation, owner: string): Change {
  return { operations: [operation], atomicity: 'all-or-nothing', owner };
}

interface WrittenRows {
  /** As carried out; as planned, where nothing was written. */
  readonly steps: readonly CommitStep[];
  /** Windows function that wrote; empty: none did. */
  readonly function: string;
  readonly commit: CreateRouteResponse['commit'];
}

/** Writes one commit. A commit that was undone is an error of the call. */
async function write({ engine }: HandlerContext, change: Change, options: UnaryOptions, { caller, signal }: Call): Promise<WrittenRows> {
  const { plan, commit } = await engine.apply(change, options, caller, { signal });
  const { steps = plan?.steps ?? [], failure, id = '', state } = commit?.record ?? {};
  if (failure !== undefined && state !== 'pending') {
    const first = steps.find(({ outcome }) => outcome.failure !== undefined && outcome.failure.reason !== 'NOT_ATTEMPTED');
    const told = state === 'rollback-failed' ? failure : (first?.outcome.failure ?? failure);
    throw toError({ ...told, facts: { ...told.facts, commit_id: id } });
  }
  const writtenBy = steps.find(({ outcome }) => outcome.writtenBy !== undefined)?.outcome.writtenBy ?? '';
  return { steps, function: writtenBy, commit: commit && encodeCommit(commit, undefined) };
}

function rowsOf(step: CommitStep | undefined): Pick<SetRouteResponse, 'route' | 'previous'> {
  const { after, before, receipt } = step ?? {};
  return { route: after && encodeRoute(after, receipt?.after), previous: before && encodeRoute(before, receipt?.before) };
}
