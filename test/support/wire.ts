import { type ChannelCredentials, type ClientOptions, type ClientUnaryCall, credentials, type ServiceError, status } from '@grpc/grpc-js';
import { ErrorInfo } from '../../proto/gen/google/rpc/error_details.pb.js';
import { Status } from '../../proto/gen/google/rpc/status.pb.js';
import type { Route, RouteFilter } from '../../proto/gen/routefleet/v1/route.pb.js';
import {
  ConfirmCommitRequest,
  type ConfirmCommitResponse,
  CreateRouteRequest,
  type CreateRouteResponse,
  DeleteRouteRequest,
  type DeleteRouteResponse,
  GetAgentRequest,
  type GetAgentResponse,
  GetBestRouteRequest,
  type GetBestRouteResponse,
  GetRouteRequest,
  type GetRouteResponse,
  ListInterfacesRequest,
  type ListInterfacesResponse,
  ListRoutesRequest,
  type ListRoutesResponse,
  RouteServiceClient,
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
  /** How many messages it took. */
  readonly messages: number;
  readonly routes: Route[];
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
  readonly confirmCommit: Unary<ConfirmCommitRequest, ConfirmCommitResponse>;
  listRoutes(filter?: Partially<RouteFilter>): Promise<Listing>;
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
    client,

    async listRoutes(filter?: Partially<RouteFilter>): Promise<Listing> {
      const messages: ListRoutesResponse[] = [];
      try {
        for await (const message of client.listRoutes(ListRoutesRequest.fromPartial({ filter } as never))) messages.push(message);
      } catch (error) {
        throw new WireError(error as ServiceError);
      }
      const { revision = 0n, bootId = '', routeCount = -1 } = messages[0] ?? {};
      return { revision, bootId, routeCount, messages: messages.length, routes: messages.flatMap(({ routes }) => routes) };
    },

    close: (): void => client.close(),
  };
}
