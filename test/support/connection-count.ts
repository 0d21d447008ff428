import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import { Server } from 'node:tls';

/** TCP connections of this process, from one side. */
export interface OpenConnections {
  readonly now: number;
  /** The most at once, so far. */
  readonly most: number;
  stop(): void;
}

/**
 * Counts connections of one side from now on, with those that never get through a handshake, by Node.js' own channels
 * (https://nodejs.org/api/diagnostics_channel.html#net).
 */
export function countOpen(side: 'client' | 'server'): OpenConnections {
  const channel = `net.${side}.socket`;
  let now = 0;
  let most = 0;

  function opened(message: unknown): void {
    now += 1;
    most = Math.max(most, now);
    (message as { readonly socket: Socket }).socket.once('close', () => {
      now -= 1;
    });
  }

  subscribe(channel, opened);
  return {
    get now() {
      return now;
    },
    get most() {
      return most;
    },
    stop: () => unsubscribe(channel, opened),
  };
}

/** TLS handshakes of the servers of this process. */
export interface Handshakes {
  /** Those that succeeded, by the port of the server. */
  readonly byPort: ReadonlyMap<number, number>;
  stop(): void;
}

/** Counts handshakes from now on. There is no channel for them, and grpc-js hands no server out: their event is overheard. */
export function countHandshakes(): Handshakes {
  const byPort = new Map<number, number>();
  const { emit } = Server.prototype;
  Server.prototype.emit = function overheard(this: Server, name: string, ...rest: unknown[]): boolean {
    if (name === 'secureConnection') {
      const { localPort = 0 } = rest[0] as Socket;
      byPort.set(localPort, (byPort.get(localPort) ?? 0) + 1);
    }
    return Reflect.apply(emit, this, [name, ...rest]);
  } as typeof emit;
  return {
    byPort,
    stop() {
      Server.prototype.emit = emit;
    },
  };
}
