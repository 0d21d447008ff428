import type { ApplyOutcome, HostNote, UndoOutcome } from './rollout-event.js';

/** How the change of a host ended. */
export interface ApplyReport {
  readonly outcome: ApplyOutcome;
  readonly note: HostNote;
}

/** How undoing it ended. */
export interface UndoReport {
  readonly outcome: UndoOutcome;
  readonly note: HostNote;
}

/** What work on a host is told. */
export interface WorkContext {
  /** Aborted: cancel what is not confirmed yet, at once, and say what became of it. */
  readonly signal: AbortSignal;
  /** An earlier controller announced this work: any part of it may be done already. */
  readonly resumed: boolean;
}

/** What the change of a host is told beside. */
export interface ApplyContext extends WorkContext {
  /** An earlier controller announced the confirmation. */
  readonly confirming: boolean;
  /** Announces the confirmation. False: it must not be given any more. */
  mayConfirm(): Promise<boolean>;
}

/** The hosts, as a rollout needs them. Rejects for mistakes of this program alone: what fails on a host is an outcome. */
export interface HostWork {
  apply(host: string, context: ApplyContext): Promise<ApplyReport>;
  /** @param attempt - from 1; the same attempt may be asked for again after a crash */
  undo(host: string, attempt: number, context: WorkContext): Promise<UndoReport>;
}
