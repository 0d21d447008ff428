import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import { type Address, formatAddress, parseAddress } from '../../proto/address.js';
import type { Caller } from '../commits/change.js';

interface Connection {
  readonly address: Address;
  readonly port: number;
  /** When it was accepted, by the clock of `createConnections`. */
  readonly connectedAt: number;
  /** A call came over it: whoever is behind it got through the handshake. */
  served: boolean;
}

/** The open connections of the server. */
export interface Connections {
  /** Who is behind the peer that grpc-js names. */
  callFrom(peer: string): Pick<Caller, 'peer' | 'connectedAt'>;
  /** Addresses of everybody who is connected and made a call. */
  controllers(): Address[];
  /** Takes note of connections to this port from now on. */
  listen(port: number): void;
  close(): void;
}

/**
 * Keeps the list of connections. grpc-js tells a handler the peer of its call, but not since when it is connected, and not who else is: both come
 * from Node.js' own channel for accepted sockets (https://nodejs.org/api/diagnostics_channel.html#netserversocket).
 */
export function createConnections(now: () => number): Connections {
  const open = new Map<string, Connection>();
  let listenPort: number | undefined;

  const accepted = (message: unknown): void => {
    const { socket } = message as { readonly socket: Socket };
    const { remoteAddress, remotePort, localPort } = socket;
    if (localPort !== listenPort || remoteAddress === undefined || remotePort === undefined) return;
    const name = `${remoteAddress}:${remotePort}`;
    const connection = { address: unmapped(remoteAddress), port: remotePort, connectedAt: now(), served: false };
    open.set(name, connection);
    socket.once('close', () => {
      if (open.get(name) === connection) open.delete(name);
    });
  };

  return {
    listen(port) {
      listenPort = port;
      subscribe('net.server.socket', accepted);
    },
    callFrom(peer) {
      const connection = open.get(peer);
      if (connection === undefined) return { peer: undefined, connectedAt: undefined };
      connection.served = true;
      return { peer: { address: connection.address, port: connection.port }, connectedAt: connection.connectedAt };
    },
    controllers() {
      const served = [...open.values()].filter(({ served }) => served).map(({ address }) => address);
      return [...new Map(served.map((address) => [formatAddress(address), address])).values()];
    },
    close() {
      unsubscribe('net.server.socket', accepted);
    },
  };
}

/** A server on "::" sees IPv4 peers as "::ffff:192.0.2.1". Zones that are names, as on Linux, say nothing to the table. */
function unmapped(text: string): Address {
  const [address = ''] = text.replace(/^::ffff:(?=\d+\.)/i, '').split('%');
  return parseAddress(address);
}
