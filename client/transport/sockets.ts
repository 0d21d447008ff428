import type { Socket } from 'node:net';
import type { ChannelCredentials } from '@grpc/grpc-js';

/** How long a closed channel may take to end its streams, in milliseconds. */
const graceMs = 1_000;

/** The sockets of one channel. */
export interface SocketTracker {
  /** Resolves when none is open any more; those that still are after a second are destroyed. */
  closed(): Promise<void>;
}

/**
 * grpc-js 1.14 drops a connection attempt without closing its socket when the channel is closed: with a peer that accepts and says nothing, the
 * socket stays for ever. The connector is the only place where it hands the socket out.
 * https://github.com/grpc/grpc-node/blob/master/packages/grpc-js/src/transport.ts (Http2SubchannelConnector)
 */
export function trackSockets(credentials: ChannelCredentials): SocketTracker {
  const sockets = new Set<Socket>();
  const createConnector = credentials._createSecureConnector.bind(credentials);
  credentials._createSecureConnector = (...args) => {
    const connector = createConnector(...args);
    const connect = connector.connect.bind(connector);
    connector.connect = (socket) => {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
      return connect(socket);
    };
    return connector;
  };
  return {
    async closed() {
      if (sockets.size === 0) return;
      // Holds the process as well: idle sockets do not, and whoever waits for this would never be woken.
      const deadline = setTimeout(() => {
        for (const socket of sockets) socket.destroy();
      }, graceMs);
      await Promise.all([...sockets].map((socket) => new Promise((resolve) => socket.once('close', resolve))));
      clearTimeout(deadline);
    },
  };
}
