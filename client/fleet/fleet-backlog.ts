import type { Host } from './host.js';
import { createHostBacklog, type HostBacklog, type TimedEvent } from './host-backlog.js';
import type { FleetEvent } from './host-event.js';

/** Events of many hosts, to be taken one by one. */
export interface FleetBacklog extends AsyncIterable<FleetEvent> {
  push(host: Host, event: TimedEvent): void;
  /** No more come; those that wait can still be taken. */
  end(): void;
  /** No more come, and none is given out any more. */
  drop(): void;
}

/** Each host in order, and hosts with events in turn, so that a busy one does not hide the others. `limit` is that of each host. */
export function createFleetBacklog(limit: number): FleetBacklog {
  const backlogs = new Map<Host, HostBacklog>();
  /** With something to take, in the order of their turn. */
  const turns = new Set<Host>();
  let open = true;
  let wake = () => {};

  function take(): FleetEvent | undefined {
    for (const host of turns) {
      const backlog = backlogs.get(host);
      const event = backlog?.take();
      turns.delete(host);
      if (backlog?.empty === false) turns.add(host);
      if (event !== undefined) return { ...event, host };
    }
    return undefined;
  }

  return {
    push(host, event) {
      if (!open) return;
      const backlog = backlogs.get(host) ?? createHostBacklog(limit);
      backlogs.set(host, backlog);
      backlog.push(event);
      turns.add(host);
      wake();
    },
    end() {
      open = false;
      wake();
    },
    drop() {
      turns.clear();
      open = false;
      wake();
    },
    async *[Symbol.asyncIterator]() {
      while (true) {
        const event = take();
        if (event !== undefined) yield event;
        else if (!open) return;
        else
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
      }
    },
  };
}
