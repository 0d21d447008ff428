import { Metadata, Server, ServerCredentials, type StatusObject, status, type UntypedServiceImplementation } from '@grpc/grpc-js';
import { ErrorInfo } from '../../../proto/gen/google/rpc/error_details.pb.js';
import { Status } from '../../../proto/gen/google/rpc/status.pb.js';
import { type RouteServiceServer, RouteServiceService } from '../../../proto/gen/routefleet/v1/route_service.pb.js';

/** A server that does exactly what a test says, with none of the agent in it. */
export interface FakeService {
  readonly address: string;
  close(): void;
}

/** Starts it in plaintext on loopback, on any free port unless one is given. Methods that are not given answer UNIMPLEMENTED. */
export async function startFakeService(methods: Partial<RouteServiceServer>, listenPort = 0): Promise<FakeService> {
  const server = new Server();
  server.addService(RouteServiceService, methods as UntypedServiceImplementation);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${listenPort}`, ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  return { address: `127.0.0.1:${port}`, close: () => server.forceShutdown() };
}

/** An error as an agent sends it. */
export function agentStatus(code: status, message: string, info: Partial<ErrorInfo>): StatusObject {
  const metadata = new Metadata();
  metadata.set('grpc-status-details-bin', Buffer.from(Status.encode(wireStatus(code, message, info)).finish()));
  return { code, details: message, metadata };
}

/** The same inside an answer. */
export function wireStatus(code: status, message: string, info: Partial<ErrorInfo>): Status {
  const value = Buffer.from(ErrorInfo.encode(ErrorInfo.fromPartial({ domain: 'routefleet', ...info })).finish());
  return { code, message, details: [{ typeUrl: 'type.googleapis.com/google.rpc.ErrorInfo', value }] };
}

/** A bare gRPC error, as proxies and gRPC itself make them. */
export function bareStatus(code: status, details: string): StatusObject {
  return { code, details, metadata: new Metadata() };
}

export { status };
