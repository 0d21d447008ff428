import { status } from '@grpc/grpc-js';
import { HealthCheckResponse_ServingStatus, type HealthServer } from '../../proto/gen/health/v1/health.pb.js';

type ServingStatus = (typeof HealthCheckResponse_ServingStatus)[keyof typeof HealthCheckResponse_ServingStatus];

/** grpc.health.v1 of a server whose services are up until all go down. */
export interface Health {
  readonly service: HealthServer;
  /** Tells watchers that nothing is served any longer, and ends their calls. */
  stop(): void;
}

/**
 * Written out, as the library of that name reads the contract with a parser at every start, which costs an agent 30 ms and 4 MiB.
 *
 * @param names - services that are served; "" is the server as a whole
 * @see https://github.com/grpc/grpc/blob/master/doc/health-checking.md
 */
export function createHealth(names: readonly string[]): Health {
  const { SERVING, NOT_SERVING, SERVICE_UNKNOWN } = HealthCheckResponse_ServingStatus;
  let current: ServingStatus = SERVING;
  const statusOf = (name: string): ServingStatus | undefined => (names.includes(name) ? current : undefined);
  const onStop = new Set<() => void>();
  return {
    service: {
      check({ request }, callback) {
        const found = statusOf(request.service);
        if (found !== undefined) callback(null, { status: found });
        else
          callback({ code: status.NOT_FOUND, details: `service: "${request.service}" is not served here; ask for "" or ${names.at(-1)}` });
      },
      list: (_call, callback) => callback(null, { statuses: Object.fromEntries(names.map((name) => [name, { status: current }])) }),
      watch(call) {
        const { service } = call.request;
        const tell = (): boolean => call.write({ status: statusOf(service) ?? SERVICE_UNKNOWN });
        const stopped = (): void => {
          tell();
          call.end();
        };
        onStop.add(stopped);
        call.on('cancelled', () => onStop.delete(stopped));
        tell();
      },
    },
    stop() {
      current = NOT_SERVING;
      for (const stopped of onStop) stopped();
      onStop.clear();
    },
  };
}
