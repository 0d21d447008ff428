import type { RolloutEvent, RolloutRequest } from './rollout-event.js';
import type { EventJournal, RequestInbox } from './rollout-runner.js';
import type { RolloutSpec } from './rollout-spec.js';

/** A rollout as it is kept. */
export interface StoredRollout {
  readonly spec: RolloutSpec;
  readonly events: readonly RolloutEvent[];
  /** A controller drives it now. */
  readonly driven: boolean;
}

/** A rollout that this process alone may drive, until it is closed. */
export interface OwnedRollout {
  readonly spec: RolloutSpec;
  /** What happened before. */
  readonly events: readonly RolloutEvent[];
  readonly journal: EventJournal;
  readonly inbox: RequestInbox;
  close(): Promise<void>;
}

/** Where rollouts are kept. Everything fails with FleetError. */
export interface RolloutStore {
  /** Keeps a new rollout, and takes it. */
  create(spec: RolloutSpec): Promise<OwnedRollout>;
  /** Takes one. Fails with ROLLOUT_LOCKED while another controller drives it. */
  take(id: string): Promise<OwnedRollout>;
  read(id: string): Promise<StoredRollout>;
  /** Ids, oldest first. */
  list(): Promise<readonly string[]>;
  /** Asks the controller that drives it. False: there is none. */
  request(id: string, request: RolloutRequest): Promise<boolean>;
}
