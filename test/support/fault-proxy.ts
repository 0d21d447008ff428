import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { createLink, type Link, type Way } from './fault-link.js';

/**
 * What is wrong with the way to an agent, on its open connections and on those to come.
 * delay: everything comes late, in both directions. drop: what is sent one way is lost, on each connection for ever. blackHole: nothing comes through in
 * either direction, and is sent again once that is over, as TCP does. halfOpen: one side is gone and the other is not told. reset: RST to both sides.
 * refuse: the same, and nothing listens.
 */
export type Fault =
  | { readonly kind: 'delay'; readonly ms: number }
  | { readonly kind: 'drop'; readonly way: Way }
  | { readonly kind: 'blackHole' }
  | { readonly kind: 'halfOpen'; readonly gone: 'agent' | 'controller' }
  | { readonly kind: 'reset' }
  | { readonly kind: 'refuse' };

/** When a fault strikes: with the n-th connection from now, after so many bytes more one way, or with the first bytes one way once it is so. */
export type Moment =
  | { readonly connection: number }
  | { readonly way: Way; readonly afterBytes: number }
  | { readonly way: Way; readonly once: () => boolean };

/** Stands between controllers and one agent. */
export interface FaultProxy {
  /** "127.0.0.1:54321" */
  readonly address: string;
  /** How many faults have struck so far. */
  readonly strikes: number;
  /** Makes everything be so from now. */
  strike(fault: Fault): void;
  /** Makes it be so from a moment on; the bytes that bring it about do not come through. Takes the place of an earlier moment that has not come. */
  strikeAt(moment: Moment, fault: Fault): void;
  /** All is well from now, and no moment is waited for. */
  heal(): void;
  /** Ends the open connections, without a fault for those to come. */
  cut(): void;
  close(): Promise<void>;
}

/** Starts a proxy to an agent ("127.0.0.1:7420"). Whoever asked closes it. */
export async function startFaultProxy(target: string): Promise<FaultProxy> {
  const { hostname, port } = new URL(`tcp://${target}`);
  const links = new Set<Link>();
  let fault: Fault | undefined;
  let armed: { readonly moment: Moment; readonly fault: Fault } | undefined;
  /** Connections, or bytes, until the moment that is waited for. */
  let left = 0;
  let strikes = 0;

  const server = createServer({ allowHalfOpen: true }, (near) => {
    if (armed !== undefined && 'connection' in armed.moment) {
      left -= 1;
      if (left <= 0) strike(armed.fault);
    }
    const link: Link = createLink(near, { port: Number(port), host: hostname }, { admit, onClose: () => links.delete(link) });
    links.add(link);
    if (fault !== undefined) link.suffer(fault);
  });

  /** How many of these bytes come through before the fault strikes; undefined: all of them do. */
  function admit(way: Way, length: number): { readonly bytes: number; strike(): void } | undefined {
    const { moment, fault: next } = armed ?? {};
    if (moment === undefined || next === undefined || 'connection' in moment || moment.way !== way) return undefined;
    if ('once' in moment) return moment.once() ? { bytes: 0, strike: () => strike(next) } : undefined;
    left -= length;
    return left < 0 ? { bytes: left + length, strike: () => strike(next) } : undefined;
  }

  function strike(next: Fault): void {
    fault = next;
    armed = undefined;
    strikes += 1;
    // A listening socket that is closed refuses; heal() opens it at the same port.
    if (next.kind === 'refuse') server.close();
    for (const link of links) link.suffer(next);
  }

  const listen = (at: number) => server.listen(at, '127.0.0.1');
  listen(0);
  await once(server, 'listening');
  const { port: own } = server.address() as AddressInfo;
  return {
    address: `127.0.0.1:${own}`,
    get strikes() {
      return strikes;
    },
    strike,
    strikeAt(moment, next) {
      armed = { moment, fault: next };
      left = 'connection' in moment ? moment.connection : 'afterBytes' in moment ? moment.afterBytes : 0;
    },
    heal() {
      fault = undefined;
      armed = undefined;
      if (!server.listening) listen(own);
      for (const link of links) link.heal();
    },
    cut() {
      for (const link of links) link.cut();
    },
    async close() {
      const closed = server.listening ? once(server, 'close') : undefined;
      if (closed !== undefined) server.close();
      for (const link of links) link.cut();
      await closed;
    },
  };
}
