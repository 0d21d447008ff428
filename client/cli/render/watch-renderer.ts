import type { FleetEvent } from '../../fleet/host-event.js';

/** What goes where. */
export interface RenderedEvent {
  readonly stdout: string;
  readonly stderr: string;
}

/** Turns events of a watch into text. Keeps track of what was told already. */
export type WatchRenderer = (event: FleetEvent) => RenderedEvent;
