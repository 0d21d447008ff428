/** What became of the change of a host. */
export type ApplyOutcome = 'confirmed' | 'rolledBack' | 'failed' | 'unreachable';

/** What became of undoing a confirmed change. */
export type UndoOutcome = 'undone' | 'undoFailed' | 'rolledBack';

/** Why something ended as it did. */
export interface RolloutReason {
  /** Stable, like `RouteError.reason`. */
  readonly reason: string;
  readonly message: string;
  readonly remedy?: string | undefined;
}

/** What is told of a host that ended, beside how. */
export interface HostNote extends Partial<RolloutReason> {
  /** Something of the change stands on the host, or may. */
  readonly mayStand: boolean;
}

/** A confirmed host that is not well any more. */
export interface UnwellHost extends RolloutReason {
  readonly host: string;
}

/** What is found before a further wave. */
export interface GateAnswer {
  /** Confirmed hosts that are not well any more. */
  readonly unwell: readonly UnwellHost[];
  /** Why no further wave may begin, however many hosts are well. Undefined: the gate is open. */
  readonly closed?: RolloutReason | undefined;
}

/** Everything that can happen to a rollout. Times are milliseconds since 1970 by the controller's clock. */
export type RolloutEvent = { readonly at: number } /** A controller took over from another one that ended. */ & (
  | { readonly type: 'takenOver' }
  /** The host is worked on from now. */
  | { readonly type: 'hostStarted'; readonly host: string }
  /** Its change is in place and passed its probes, and will be confirmed: from now it may stand. */
  | { readonly type: 'hostConfirming'; readonly host: string }
  | { readonly type: 'hostEnded'; readonly host: string; readonly outcome: ApplyOutcome; readonly note: HostNote }
  | { readonly type: 'undoStarted'; readonly host: string }
  | { readonly type: 'undoEnded'; readonly host: string; readonly outcome: UndoOutcome; readonly note: HostNote }
  /** The gate before the next wave answered. */
  | ({ readonly type: 'gateEnded' } & GateAnswer)
  /** A time came that the state was waiting for. */
  | { readonly type: 'timeReached' }
  /** Asked for by people: go on with the next wave now; begin nothing new; go on; stop for good; stop and undo. */
  | { readonly type: RolloutRequest }
);

/** What people can ask of a rollout. */
export type RolloutRequest = 'promoted' | 'paused' | 'unpaused' | 'aborted' | 'undoRequested';
