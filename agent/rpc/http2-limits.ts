import type { SecureServerOptions } from 'node:http2';
import type { ServerOptions } from '@grpc/grpc-js';
import { callLimits } from '../access/limits.js';

/** All that one identity may have running; a call over the limit of its kind gets an error that says so, instead of waiting on the client. */
const maxConcurrentStreams = Object.values(callLimits).reduce((sum, { atOnce }) => sum + atOnce, 0);

/** Time for the handshake after the connection, in ms. */
export const tlsLimits: SecureServerOptions = { handshakeTimeout: 10_000 };

/**
 * Limits of one HTTP/2 connection, beside those that nghttp2 has itself: 1000 streams reset at once and 33 per second, 8 CONTINUATION frames,
 * 1000 answers to PING and SETTINGS that nobody reads.
 *
 * @see https://nodejs.org/api/http2.html#http2createsecureserveroptions-onrequesthandler
 */
export const http2Limits: SecureServerOptions = {
  // Headers with a request id and a trace context take below 2 KiB.
  settings: { maxConcurrentStreams, maxHeaderListSize: 16 * 1024 },
};

/** The same for grpc-js. */
export const channelLimits: ServerOptions = {
  'grpc.max_concurrent_streams': maxConcurrentStreams,
  // Whoever watches is not idle.
  'grpc.max_connection_idle_ms': 15 * 60_000,
};
