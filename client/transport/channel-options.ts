import type { ChannelOptions } from '@grpc/grpc-js';
import { readMethods } from './read-methods.js';

const mebibyte = 1024 * 1024;

/**
 * Only reads are repeated, and only when the agent was not reached. A write is left to the caller, who knows whether it can be repeated; with
 * `allowExisting` or `allowMissing` it can. A stream is never repeated once its first message has arrived (gRFC A6).
 *
 * @see https://grpc.io/docs/guides/retry/
 */
const serviceConfig = {
  methodConfig: [
    {
      name: readMethods.map((method) => ({ service: 'routefleet.v1.RouteService', method })),
      retryPolicy: {
        maxAttempts: 3,
        initialBackoff: '0.1s',
        maxBackoff: '1s',
        backoffMultiplier: 2,
        retryableStatusCodes: ['UNAVAILABLE'],
      },
    },
  ],
};

/** How every connection of this SDK is set up. */
export const channelOptions: ChannelOptions = {
  'grpc.service_config': JSON.stringify(serviceConfig),
  // Otherwise every connection asks the DNS for a TXT record.
  'grpc.service_config_disable_resolution': 1,
  // Its traces of every channel and call are read by nobody, and are memory of every connection.
  'grpc.enable_channelz': 0,
  // A connection of its own per client: closing the client closes it, and a new client is a fresh connection.
  'grpc.use_local_subchannel_pool': 1,
  // Agents are addressed directly; a web proxy of the environment is not meant for them.
  'grpc.enable_http_proxy': 0,
  'grpc.max_receive_message_length': 64 * mebibyte,
  // A table of 100,000 rows is some ten megabytes: the default window of 64 KiB would cost a round trip each time it fills.
  'grpc-node.flow_control_window': 4 * mebibyte,
};
