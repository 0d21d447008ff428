import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';

/** Whom an attack is against, and the certificate of the attacker. */
export interface Target {
  readonly host: string;
  readonly port: number;
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
}

/** What an attack did and saw, by name. */
export type Result = Readonly<Record<string, number>>;

/** A connection, which an attack may break in any way. */
export interface Opened<Kind extends Socket = Socket> {
  readonly socket: Kind;
  /** Bytes that came. */
  received(): Buffer;
  /** When the agent closed it, or it broke. */
  readonly closed: Promise<void>;
}

/** Connects, before TLS. @param localAddress - 127.0.0.0/8 is all loopback: each is another source */
export function openTcp({ host, port }: Target, localAddress?: string): Promise<Opened> {
  const socket = connectTcp({ host, port, ...(localAddress === undefined ? {} : { localAddress }) });
  return opened(socket, 'connect');
}

/** Connects and shakes hands with the certificate of the attacker. */
export function openTls({ host, port, ca, certificate, key }: Target, localAddress?: string): Promise<Opened<TLSSocket>> {
  const options = { host, port, ca, cert: certificate, key, servername: 'agent', ALPNProtocols: ['h2'] };
  // tls.connect passes the options of a socket on; its types leave this one out.
  return opened(connectTls(localAddress === undefined ? options : Object.assign(options, { localAddress })), 'secureConnect');
}

/** Resolves with what is open, or already closed again. */
function opened<Kind extends Socket>(socket: Kind, event: string): Promise<Opened<Kind>> {
  const parts: Buffer[] = [];
  socket.on('data', (part: Buffer) => parts.push(part));
  socket.on('error', () => {});
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  const connection = { socket, received: () => Buffer.concat(parts), closed };
  return new Promise((resolve) => {
    socket.once(event, () => resolve(connection));
    socket.once('close', () => resolve(connection));
  });
}

/** Waits, but not longer than so many ms. @returns whether it came */
export async function within(ms: number, what: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  const came = await Promise.race([what.then(() => true), late]);
  clearTimeout(timer);
  return came;
}

/** Writes, and waits until it went out or the connection is closed. */
export async function send({ socket, closed }: Opened, bytes: Buffer): Promise<void> {
  await Promise.race([new Promise((resolve) => socket.write(bytes, resolve)), closed]);
}

/** Waits until enough came, or the connection is closed. @returns whether one of both happened within so many ms */
export function answeredOrClosed({ socket, closed, received }: Opened, isEnough: (bytes: Buffer) => boolean, ms: number): Promise<boolean> {
  const enough = new Promise<void>((resolve) => {
    const look = (): void => {
      if (isEnough(received())) resolve();
    };
    socket.on('data', look);
    look();
  });
  return within(ms, Promise.race([enough, closed]));
}
