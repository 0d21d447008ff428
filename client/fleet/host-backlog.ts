import type { HostEvent } from './host-event.js';
import { createNetChanges, type NetChanges } from './net-changes.js';

/** An event that waits to be taken. */
export type TimedEvent = HostEvent & { readonly time: Date };

/** Events of one host that were not taken yet, in order. */
export interface HostBacklog {
  readonly empty: boolean;
  push(event: TimedEvent): void;
  /** Undefined: there is none. */
  take(): TimedEvent | undefined;
}

/** What is left of events that were merged. */
interface Merged {
  /** The rows at the beginning, if they were not taken yet. */
  rows?: TimedEvent;
  readonly net: NetChanges;
  /** Changes that an earlier merging left out. */
  lost: number;
  /** Of the last change. */
  time: Date;
  /** The last that is known of the connection. */
  state?: TimedEvent;
}

/**
 * Bounded, however slowly events are taken: where more than `limit` events and changes wait, they are merged into the net change of each row and
 * the last that is known of the connection.
 */
export function createHostBacklog(limit: number): HostBacklog {
  let waiting: TimedEvent[] = [];
  let size = 0;
  let merged: Merged | undefined;

  function merge(into: Merged, event: TimedEvent): void {
    if (event.type === 'changed') {
      into.net.add(event.changes);
      into.lost += event.merged;
      into.time = event.time;
    } else if (event.type === 'synchronized' && event.routes !== undefined) into.rows = event;
    else into.state = event;
  }

  function separate({ rows, net, lost, time, state }: Merged): TimedEvent[] {
    const changes = net.list();
    const left = lost + net.added - changes.length;
    const changed: TimedEvent | undefined = net.added === 0 ? undefined : { type: 'changed', changes, merged: left, time };
    return [rows, changed, state].filter((event) => event !== undefined);
  }

  return {
    get empty() {
      return waiting.length === 0 && merged === undefined;
    },
    push(event) {
      if (merged !== undefined) return merge(merged, event);
      waiting.push(event);
      size += sizeOf(event);
      // One event alone is in memory anyway.
      if (size <= limit || waiting.length === 1) return;
      merged = { net: createNetChanges(), lost: 0, time: event.time };
      for (const each of waiting) merge(merged, each);
      waiting = [];
      size = 0;
    },
    take() {
      if (merged !== undefined) {
        waiting = separate(merged);
        size = waiting.reduce((sum, event) => sum + sizeOf(event), 0);
        merged = undefined;
      }
      const event = waiting.shift();
      if (event !== undefined) size -= sizeOf(event);
      return event;
    },
  };
}

/** The rows at the beginning come once, and count as one. */
function sizeOf(event: TimedEvent): number {
  return event.type === 'changed' ? event.changes.length : 1;
}
