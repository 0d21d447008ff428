import { type ChannelCredentials, type ClientOptions, type ClientUnaryCall, credentials, type ServiceError, status } from '@grpc/grpc-js';
import { ErrorInfo } from '../../proto/gen/google/rpc/error_details.pb.js';
import { Status } from '../../proto/gen/google/rpc/status.pb.js';
import type { ChangeChunk, ChangeHeader, Commit, PlanStep, PlanSummary, RouteOperation } from '../../proto/gen/routefleet/v1/commit.pb.js';
import type { Route, RouteFilter, RouteSpec } from '../../proto/gen/routefleet/v1/route.pb.js';
import {
  ApplyRoutesRequest,
  type ApplyRoutesResponse,
  CancelCommitRequest,
  type CancelCommitResponse,
  ConfirmCommitRequest,
  type ConfirmCommitResponse,
  CreateRouteRequest,
  type CreateRouteResponse,
  DeleteRouteRequest,
  type DeleteRouteResponse,
  ExtendCommitRequest,
  type ExtendCommitResponse,
  GetAgentRequest,
  type GetAgentResponse,
  GetBestRouteRequest,
  type GetBestRouteResponse,
  GetCommitRequest,
  type GetCommitResponse,
  GetRouteRequest,
  type GetRouteResponse,
  ListCommitsRequest,
  type ListCommitsResponse,
  ListInterfacesRequest,
  type ListInterfacesResponse,
  ListRoutesRequest,
  type ListRoutesResponse,
  PlanRoutesRequest,
  type PlanRoutesResponse,
  RouteServiceClient,
  type RouteView,
  SetDefaultGatewayRequest,
  type SetDefaultGatewayResponse,
  SetRouteRequest,
  type SetRouteResponse,
} from '../../proto/gen/routefleet/v1/route_service.pb.js';

/** A gRPC error with its google.rpc.ErrorInfo. */
export class WireError extends Error {
  /** "NOT_FOUND" */
  readonly code: string;
  readonly reason: string;
  readonly facts: Readonly<Record<string, string>>;

  constructor(error: ServiceError) {
    super(error.details);
    this.code = status[error.code];
    const [details] = error.metadata.get('grpc-status-details-bin');
    const [any] = details instanceof Buffer ? Status.decode(details).details : [];
    const info = any && ErrorInfo.decode(any.value);
    this.reason = info?.reason ?? '';
    this.facts = info?.metadata ?? {};
  }
}

/** Any part of a message; what is left out is absent on the wire. */
export type Partially<Value> = Value extends bigint | Date | Uint8Array
  ? Value
  : Value extends object
    ? { readonly [Key in keyof Value]?: Partially<Value[Key]> | undefined }
    : Value;

/** One reading of the table. */
export interface Listing {
  readonly revision: bigint;
  readonly bootId: string;
  readonly routeCount: number;
  readonly messages: readonly ListRoutesResponse[];
  readonly routes: Route[];
}

/** Rows of one message: below the 4 MiB that agents take. */
const rowsPerChunk = 5000;

/** A change as the wire takes it: a header and its chunks. */
export interface WireChange {
  readonly header?: Partially<ChangeHeader>;
  readonly operations?: readonly Partially<RouteOperation>[];
  readonly desiredRoutes?: readonly Partially<RouteSpec>[];
}

/** The answer to PlanRoutes. */
export interface WirePlan {
  readonly summary: PlanSummary;
  readonly steps: readonly PlanStep[];
}

/** The answer to ApplyRoutes. */
export interface WireApplied {
  /** Kinds of the events, in their order; runs of progress are one. */
  readonly events: readonly string[];
  readonly planned: PlanSummary | undefined;
  /** Reason of each operation's failure; empty: success. */
  readonly results: readonly string[];
  readonly commit: Commit | undefined;
  /** What the call ended with, if it failed. */
  readonly failure: WireError | undefined;
}

type Unary<Request, Response> = (request?: Partially<Request>) => Promise<Response>;

interface MessageType<Message> {
  fromPartial(partial: never): Message;
}

function promised<Request, Response>(
  type: MessageType<Request>,
  call: (request: Request, callback: (error: ServiceError | null, response: Response) => void) => ClientUnaryCall,
): Unary<Request, Response> {
  return (request = {} as Partially<Request>) =>
    new Promise((resolve, reject) => {
      call(type.fromPartial(request as never), (error, response) => (error ? reject(new WireError(error)) : resolve(response)));
    });
}

/** The service as the wire has it, through the generated code alone: what it shows is independent of our SDK. All calls throw WireError. */
export interface Wire {
  readonly client: RouteServiceClient;
  readonly getAgent: Unary<GetAgentRequest, GetAgentResponse>;
  readonly listInterfaces: Unary<ListInterfacesRequest, ListInterfacesResponse>;
  readonly getRoute: Unary<GetRouteRequest, GetRouteResponse>;
  readonly getBestRoute: Unary<GetBestRouteRequest, GetBestRouteResponse>;
  readonly createRoute: Unary<CreateRouteRequest, CreateRouteResponse>;
  readonly setRoute: Unary<SetRouteRequest, SetRouteResponse>;
  readonly deleteRoute: Unary<DeleteRouteRequest, DeleteRouteResponse>;
  readonly setDefaultGateway: Unary<SetDefaultGatewayRequest, SetDefaultGatewayResponse>;
  readonly cancelCommit: Unary<CancelCommitRequest, CancelCommitResponse>;
  readonly extendCommit: Unary<ExtendCommitRequest, ExtendCommitResponse>;
  readonly getCommit: Unary<GetCommitRequest, GetCommitResponse>;
  readonly listCommits: Unary<ListCommitsRequest, ListCommitsResponse>;
  planRoutes(change: WireChange): Promise<WirePlan>;
  applyRoutes(change: WireChange): Promise<WireApplied>;
  readonly confirmCommit: Unary<ConfirmCommitRequest, ConfirmCommitResponse>;
  /** Default view: none is asked for. */
  listRoutes(filter?: Partially<RouteFilter>, view?: RouteView): Promise<Listing>;
  close(): void;
}

/** Connects; plaintext without credentials. */
export function connectWire(
  address: string,
  channel: ChannelCredentials = credentials.createInsecure(),
  options: ClientOptions = {},
): Wire {
  const client = new RouteServiceClient(address, channel, options);
  return {
    getAgent: promised(GetAgentRequest, (request, done) => client.getAgent(request, done)),
    listInterfaces: promised(ListInterfacesRequest, (request, done) => client.listInterfaces(request, done)),
    getRoute: promised(GetRouteRequest, (request, done) => client.getRoute(request, done)),
    getBestRoute: promised(GetBestRouteRequest, (request, done) => client.getBestRoute(request, done)),
    createRoute: promised(CreateRouteRequest, (request, done) => client.createRoute(request, done)),
    setRoute: promised(SetRouteRequest, (request, done) => client.setRoute(request, done)),
    deleteRoute: promised(DeleteRouteRequest, (request, done) => client.deleteRoute(request, done)),
    confirmCommit: promised(ConfirmCommitRequest, (request, done) => client.confirmCommit(request, done)),
    setDefaultGateway: promised(SetDefaultGatewayRequest, (request, done) => client.setDefaultGateway(request, done)),
    cancelCommit: promised(CancelCommitRequest, (request, done) => client.cancelCommit(request, done)),
    extendCommit: promised(ExtendCommitRequest, (request, done) => client.extendCommit(request, done)),
    getCommit: promised(GetCommitRequest, (request, done) => client.getCommit(request, done)),
    listCommits: promised(ListCommitsRequest, (request, done) => client.listCommits(request, done)),
    planRoutes: (change) => planRoutes(client, change),
    applyRoutes: (change) => applyRoutes(client, change),
    client,

    async listRoutes(filter?: Partially<RouteFilter>, view?: RouteView): Promise<Listing> {
      const messages: ListRoutesResponse[] = [];
      try {
        for await (const message of client.listRoutes(ListRoutesRequest.fromPartial({ filter, view } as never))) messages.push(message);
      } catch (error) {
        throw new WireError(error as ServiceError);
      }
      const { revision = 0n, bootId = '', routeCount = -1 } = messages[0] ?? {};
      return { revision, bootId, routeCount, messages, routes: messages.flatMap(({ routes }) => routes) };
    },

    close: (): void => client.close(),
  };
}

/** The pieces of a change, as partial messages. */
export function piecesOf({ header = {}, operations = [], desiredRoutes = [] }: WireChange): object[] {
  const chunks: Partially<ChangeChunk>[] = [];
  // One chunk also for nothing.
  for (let start = 0; start === 0 || start < Math.max(operations.length, desiredRoutes.length); start += rowsPerChunk) {
    const end = start + rowsPerChunk;
    chunks.push({ operations: operations.slice(start, end), desiredRoutes: desiredRoutes.slice(start, end) });
  }
  return [{ part: { $case: 'header', value: header } }, ...chunks.map((value) => ({ part: { $case: 'chunk', value } }))];
}

async function planRoutes(client: RouteServiceClient, change: WireChange): Promise<WirePlan> {
  const call = client.planRoutes();
  for (const piece of piecesOf(change)) call.write(PlanRoutesRequest.fromPartial(piece as never));
  call.end();
  const messages: PlanRoutesResponse[] = [];
  try {
    for await (const message of call) messages.push(message);
  } catch (error) {
    throw new WireError(error as ServiceError);
  }
  const summary = messages[0]?.summary;
  if (summary === undefined) throw new Error('the plan has no summary');
  return { summary, steps: messages.flatMap(({ steps }) => steps) };
}

async function applyRoutes(client: RouteServiceClient, change: WireChange): Promise<WireApplied> {
  const call = client.applyRoutes();
  for (const piece of piecesOf(change)) call.write(ApplyRoutesRequest.fromPartial(piece as never));
  call.end();
  const events: NonNullable<ApplyRoutesResponse['event']>[] = [];
  let failure: WireError | undefined;
  try {
    for await (const { event } of call) if (event !== undefined) events.push(event);
  } catch (error) {
    failure = new WireError(error as ServiceError);
  }
  return {
    events: events.map(({ $case }) => $case).filter((kind, index, all) => kind !== all[index - 1]),
    planned: events.flatMap((event) => (event.$case === 'planned' ? [event.value] : []))[0],
    results: events.flatMap((event) => (event.$case === 'results' ? event.value.statuses.map(reasonOf) : [])),
    commit: commitIn(events),
    failure,
  };
}

/** The commit with all its steps, in the order of their positions. */
function commitIn(events: readonly NonNullable<ApplyRoutesResponse['event']>[]): Commit | undefined {
  const pieces = events.flatMap((event) => (event.$case === 'steps' ? [event.value] : []));
  const commit = events.flatMap((event) => (event.$case === 'commit' ? [event.value] : []))[0];
  if (commit === undefined) return undefined;
  const steps = [{ firstIndex: 0, steps: commit.steps }, ...pieces]
    .toSorted((a, b) => a.firstIndex - b.firstIndex)
    .flatMap((piece) => piece.steps);
  return { ...commit, steps };
}

/** The reason in a google.rpc.Status; empty for a success. */
export function reasonOf({ details }: Status): string {
  const [any] = details;
  return any === undefined ? '' : ErrorInfo.decode(any.value).reason;
}
