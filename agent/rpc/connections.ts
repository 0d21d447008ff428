import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import { type Address, formatAddress, parseAddress } from '../../proto/address.js';
import { type ConnectionLimits, connectionLimits, createHandshakeLimits, sourceOf } from '../access/limits-connections.js';
import type { Caller } from '../commits/change.js';

interface Connection {
  /** As grpc-js names the peer: "192.0.2.1:50123". */
  readonly name: string;
  readonly socket: Socket;
  readonly address: Address;
  readonly port: number;
  readonly source: string;
  /** When it was accepted, by the clock of `createConnections`. */
  readonly connectedAt: number;
  /** Whom its calls are counted for; undefined until the first one, admitted or not. */
  account: string | undefined;
  /** A call was admitted: whoever is behind it may do something here. */
  served: boolean;
}

/** The open connections of the server. */
export interface Connections {
  /**
   * Whom calls over the connection of this peer are counted for: the identity, without one the address. Undefined: it is closed already.
   *
   * @param peer - as grpc-js names it
   * @param identify - name in the certificate; asked at the first call, as certificates are expensive to read
   */
  accountOf(peer: string, identify: () => string | undefined): string | undefined;
  /** Whom an admitted call comes from. */
  callFrom(peer: string): Pick<Caller, 'peer' | 'connectedAt'>;
  /** Addresses of everybody who is connected and made a call that was admitted. */
  controllers(): Address[];
  /** Closes the connection of this peer at once. */
  cut(peer: string): void;
  /** Takes note of connections to this port from now on. */
  listen(port: number): void;
  close(): void;
}

/** How a list of connections is kept. */
export interface ConnectionsOptions {
  /** Milliseconds, by a clock that does not go back. */
  readonly now: () => number;
  /** Whether each connection costs a handshake. */
  readonly tls: boolean;
  /** Default: {@link connectionLimits}. */
  readonly limits?: ConnectionLimits;
}

const sweepIntervalMs = 1000;

/**
 * Keeps the list of connections, and closes those that are too many. grpc-js tells a handler the peer of its call, but not since when it is
 * connected, and not who else is: both come from Node.js' own channel for accepted sockets
 * (https://nodejs.org/api/diagnostics_channel.html#netserversocket).
 */
export function createConnections({ now, tls, limits = connectionLimits }: ConnectionsOptions): Connections {
  const open = new Map<string, Connection>();
  /** Those over which no call came, the oldest first. */
  const silent = new Set<Connection>();
  const openOf = new Map<string, number>();
  const handshakes = createHandshakeLimits(now, limits);
  let listenPort: number | undefined;
  let sweeping: NodeJS.Timeout | undefined;

  const forget = (connection: Connection): void => {
    const { name, source } = connection;
    if (open.get(name) !== connection) return;
    open.delete(name);
    silent.delete(connection);
    const left = (openOf.get(source) ?? 0) - 1;
    if (left > 0) openOf.set(source, left);
    else openOf.delete(source);
  };

  const cut = (connection: Connection): void => {
    forget(connection);
    connection.socket.destroy();
  };

  /** The oldest connection without a call gives way; as handshakes are limited, whoever comes to call has the time to do so. */
  const makeRoom = (source: string): boolean => {
    const isSourceFull = (openOf.get(source) ?? 0) >= limits.openPerSource;
    if (!isSourceFull && open.size < limits.openInAll) return true;
    for (const connection of silent) {
      if (isSourceFull && connection.source !== source) continue;
      cut(connection);
      return true;
    }
    return false;
  };

  const accepted = (message: unknown): void => {
    const { socket } = message as { readonly socket: Socket };
    const { remoteAddress, remotePort: port, localPort } = socket;
    if (localPort !== listenPort || remoteAddress === undefined || port === undefined) return;
    const address = unmapped(remoteAddress);
    const source = sourceOf(address);
    if ((tls && !handshakes.take(source)) || !makeRoom(source)) {
      socket.destroy();
      return;
    }
    const name = `${remoteAddress}:${port}`;
    const connection: Connection = { name, socket, address, port, source, connectedAt: now(), account: undefined, served: false };
    open.set(name, connection);
    silent.add(connection);
    openOf.set(source, (openOf.get(source) ?? 0) + 1);
    socket.once('close', () => forget(connection));
  };

  const sweep = (): void => {
    for (const connection of silent) {
      if (now() - connection.connectedAt < limits.firstCallMs) return;
      cut(connection);
    }
  };

  return {
    listen(port) {
      listenPort = port;
      subscribe('net.server.socket', accepted);
      sweeping = setInterval(sweep, sweepIntervalMs).unref();
    },
    accountOf(name, identify) {
      const connection = open.get(name);
      if (connection === undefined) return undefined;
      if (connection.account === undefined) {
        connection.account = identify() || formatAddress(connection.address);
        silent.delete(connection);
        handshakes.trust(connection.source);
      }
      return connection.account;
    },
    callFrom(name) {
      const connection = open.get(name);
      if (connection === undefined) return { peer: undefined, connectedAt: undefined };
      connection.served = true;
      return { peer: { address: connection.address, port: connection.port }, connectedAt: connection.connectedAt };
    },
    controllers() {
      const served = [...open.values()].filter((connection) => connection.served).map(({ address }) => address);
      return [...new Map(served.map((address) => [formatAddress(address), address])).values()];
    },
    cut(name) {
      const connection = open.get(name);
      if (connection !== undefined) cut(connection);
    },
    close() {
      unsubscribe('net.server.socket', accepted);
      clearInterval(sweeping);
    },
  };
}

/** A server on "::" sees IPv4 peers as "::ffff:192.0.2.1". Zones that are names, as on Linux, say nothing to the table. */
function unmapped(text: string): Address {
  const [address = ''] = text.replace(/^::ffff:(?=\d+\.)/i, '').split('%');
  return parseAddress(address);
}
