import { connect, type NetConnectOpts, type Socket } from 'node:net';
import type { Fault } from './fault-proxy.js';

/** A direction. */
export type Way = 'toAgent' | 'toController';

/** One connection through a proxy: from a controller ("near") and on to an agent ("far"). */
export interface Link {
  suffer(fault: Fault): void;
  /** What was held back goes on; what was lost is lost. */
  heal(): void;
  /** Ends both sides without a word. */
  cut(): void;
}

interface LinkOptions {
  /** Asked for all bytes that arrive: how many may pass until a fault is to strike; undefined: all. */
  admit(way: Way, length: number): { readonly bytes: number; strike(): void } | undefined;
  onClose(): void;
}

/** What waits to be passed on. */
interface Parcel {
  /** "end": the side that sends has no more. */
  readonly content: Buffer | 'end';
  /** `performance.now()` */
  readonly due: number;
}

/** One direction of a link. */
interface Lane {
  readonly to: Socket;
  readonly parcels: Parcel[];
  /** Nothing comes through any more. */
  deaf: boolean;
  /** Nothing comes through for now. */
  held: boolean;
}

/** Passes on what a controller and an agent send each other. There is no back pressure: it is for the few bytes of tests. */
export function createLink(near: Socket, target: NetConnectOpts, { admit, onClose }: LinkOptions): Link {
  const far = connect({ ...target, allowHalfOpen: true });
  const lanes: Readonly<Record<Way, Lane>> = {
    toAgent: { to: far, parcels: [], deaf: false, held: false },
    toController: { to: near, parcels: [], deaf: false, held: false },
  };
  let delayMs = 0;
  /** One side is gone, and the other shall not hear of it. */
  let secret = false;

  function take(way: Way, content: Parcel['content']): void {
    const lane = lanes[way];
    const admitted = content === 'end' ? undefined : admit(way, content.length);
    if (content === 'end' || admitted === undefined) {
      lane.parcels.push({ content, due: performance.now() + delayMs });
      pass(lane);
      return;
    }
    const { bytes, strike } = admitted;
    if (bytes > 0) lane.to.write(content.subarray(0, bytes));
    // Held until the first part has left, which a reset would take back.
    lane.held = true;
    lane.parcels.push({ content: content.subarray(bytes), due: 0 });
    lane.to.write('', () => {
      lane.held = false;
      strike();
      pass(lane);
    });
  }

  function pass(lane: Lane): void {
    for (let next = lane.parcels[0]; next !== undefined; next = lane.parcels[0]) {
      if (lane.held) return;
      const waitMs = next.due - performance.now();
      if (waitMs > 0 && !lane.deaf) {
        setTimeout(pass, waitMs, lane);
        return;
      }
      lane.parcels.shift();
      if (lane.deaf || lane.to.destroyed) continue;
      if (next.content === 'end') lane.to.end();
      else lane.to.write(next.content);
    }
  }

  for (const [socket, other, way] of [
    [near, far, 'toAgent'],
    [far, near, 'toController'],
  ] as const) {
    socket.on('data', (chunk: Buffer) => take(way, chunk));
    socket.on('end', () => take(way, 'end'));
    socket.on('error', () => {
      if (!secret && !lanes[way].held) other.resetAndDestroy();
    });
    socket.on('close', () => {
      if (near.destroyed && far.destroyed) onClose();
    });
  }

  function cut(): void {
    near.destroy();
    far.destroy();
  }

  return {
    suffer(fault) {
      switch (fault.kind) {
        case 'delay':
          delayMs = fault.ms;
          return;
        case 'drop':
          lanes[fault.way].deaf = true;
          return;
        case 'blackHole':
          lanes.toAgent.held = true;
          lanes.toController.held = true;
          return;
        case 'halfOpen':
          secret = true;
          lanes.toAgent.deaf = true;
          lanes.toController.deaf = true;
          (fault.gone === 'agent' ? far : near).resetAndDestroy();
          return;
        case 'reset':
        case 'refuse':
          near.resetAndDestroy();
          far.resetAndDestroy();
          return;
      }
    },
    heal() {
      delayMs = 0;
      for (const lane of Object.values(lanes)) {
        lane.held = false;
        pass(lane);
      }
    },
    cut,
  };
}
