import { Server, type ServerCredentials } from '@grpc/grpc-js';
import { HealthService } from '../../proto/gen/health/v1/health.pb.js';
import { RouteServiceService } from '../../proto/gen/routefleet/v1/route_service.pb.js';
import type { CallLimits } from '../access/limits.js';
import type { Admission } from './admission.js';
import { serializeListRoutes } from './codec/list-routes-message.js';
import type { Connections } from './connections.js';
import type { HandlerContext } from './context.js';
import { createHealth } from './health.js';
import { channelLimits } from './http2-limits.js';
import { limitCalls } from './limit-calls.js';
import { createRouteService } from './service.js';

/** Name of the service in health checks. */
const serviceName = 'routefleet.v1.RouteService';

/** As generated, but for the bytes of large answers. */
const service = { ...RouteServiceService, listRoutes: { ...RouteServiceService.listRoutes, responseSerialize: serializeListRoutes } };

interface ServerOptions {
  readonly context: HandlerContext;
  readonly connections: Connections;
  /** "0.0.0.0:7420"; port 0 takes any free one. */
  readonly listen: string;
  readonly credentials: ServerCredentials;
  readonly admission: Admission;
  readonly callLimits: CallLimits;
  /** Serve gRPC reflection. */
  readonly reflection: boolean;
}

/** A server that listens. */
export interface RunningServer {
  readonly port: number;
  /** Takes no new calls, lets the running ones end, and after `timeoutMs` cuts off what is left. */
  drain(timeoutMs: number): Promise<void>;
}

/** Starts serving. @throws the system's error when the address cannot be had */
export async function startServer({
  context,
  connections,
  credentials,
  admission,
  callLimits,
  listen,
  reflection,
}: ServerOptions): Promise<RunningServer> {
  const server = new Server({
    ...channelLimits,
    interceptors: [limitCalls(callLimits, connections, context.log)],
    // Its traces of every call are read by nobody.
    'grpc.enable_channelz': 0,
    'grpc.max_receive_message_length': context.limits.maxMessageBytes,
    // A controller that lost its power must not hold a connection for ever.
    'grpc.keepalive_time_ms': 60_000,
    'grpc.keepalive_timeout_ms': 20_000,
  });
  server.addService(service, createRouteService(context, admission));
  const health = createHealth(['', serviceName]);
  server.addService(HealthService, health.service);
  if (reflection) {
    // Seldom wanted, and some megabytes.
    const { addReflection } = await import('./reflection.js');
    addReflection(server, serviceName);
  }

  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(listen, credentials, (error, boundPort) => (error ? reject(error) : resolve(boundPort)));
  });
  connections.listen(port);
  return {
    port,
    async drain(timeoutMs) {
      health.stop();
      await new Promise<void>((resolve) => {
        const deadline = setTimeout(() => {
          server.forceShutdown();
          resolve();
        }, timeoutMs);
        server.tryShutdown(() => {
          clearTimeout(deadline);
          resolve();
        });
      });
      connections.close();
      admission.close();
    },
  };
}
