import type { ApplyOutcome, RolloutReason, UndoOutcome } from './rollout-event.js';
import type { RolloutPolicy } from './rollout-policy.js';

/** Where one host stands; the first four are on the way. unwell: it was confirmed, and the gate before a later wave found something wrong with it. */
export type HostStatus = 'waiting' | 'applying' | 'confirming' | 'undoing' | ApplyOutcome | 'unwell' | UndoOutcome | 'notStarted';

/** One host of a rollout. */
export interface HostState {
  readonly status: HostStatus;
  /** When it began to be worked on, or was taken over by a new controller. Undefined: it is not worked on. */
  readonly since?: number | undefined;
  /** Its time is over, and its change is being cancelled. */
  readonly overdue: boolean;
  /** Something of the change stands on it, or may. */
  readonly mayStand: boolean;
  /** It is to be undone. */
  readonly undoWanted: boolean;
  /** How often undoing it was begun. */
  readonly undoAttempts: number;
  /** Why it ended as it did. Undefined: there is nothing to tell. */
  readonly why?: RolloutReason | undefined;
}

/**
 * running: hosts of a wave are changed. soaking: the wave is done, and time passes. awaitingPromotion: it is done, and somebody has to say so.
 * atGate: before the next wave begins it is seen whether the hosts that were confirmed are still well.
 * stopping: nothing new is begun, and hosts in flight end. undoing: what was changed is undone. ended: there is nothing left to do.
 */
export type RolloutPhase = 'running' | 'soaking' | 'awaitingPromotion' | 'atGate' | 'stopping' | 'undoing' | 'ended';

/** Why a rollout did not go through. */
export interface StopReason extends RolloutReason {
  readonly reason:
    | 'TOO_MANY_FAILURES'
    | 'TOO_MANY_FAILURES_IN_WAVE'
    | 'TOO_MANY_UNREACHABLE'
    | 'NOTHING_CONFIRMED'
    | 'GATE_CLOSED'
    | 'DEADLINE_EXCEEDED'
    | 'ABORTED'
    | 'UNDO_REQUESTED';
}

/** A rollout at one moment. */
export interface RolloutState {
  readonly policy: RolloutPolicy;
  readonly phase: RolloutPhase;
  readonly paused: boolean;
  /** Position of the wave that is being done, or soaks. */
  readonly wave: number;
  /** In the order of the policy. */
  readonly hosts: ReadonlyMap<string, HostState>;
  /** When the whole must be done. */
  readonly deadlineAt: number;
  /** When the next wave begins. Undefined outside "soaking". */
  readonly soakUntil?: number | undefined;
  /** Undefined: it goes, or went, through. */
  readonly stop?: StopReason | undefined;
  /** Once nothing is in flight, what was changed is undone. */
  readonly undoAfterStop: boolean;
  /** Time of the last event. */
  readonly lastAt: number;
}

/** Before anything happened. */
export function initialState(policy: RolloutPolicy, at: number): RolloutState {
  const waiting: HostState = { status: 'waiting', overdue: false, mayStand: false, undoWanted: false, undoAttempts: 0 };
  return {
    policy,
    phase: 'running',
    paused: false,
    wave: 0,
    hosts: new Map(policy.hosts.map((name) => [name, waiting])),
    deadlineAt: at + policy.deadlineMs,
    undoAfterStop: false,
    lastAt: at,
  };
}

/** Whether it still goes forward. */
export function isActive({ phase }: RolloutState): boolean {
  return phase === 'running' || phase === 'soaking' || phase === 'awaitingPromotion' || phase === 'atGate';
}

/** Whether a host is being worked on. */
export function isInFlight({ status }: HostState): boolean {
  return status === 'applying' || status === 'confirming' || status === 'undoing';
}

/** Names of the hosts of one wave. */
export function hostsOfWave({ hosts, waves }: RolloutPolicy, wave: number): readonly string[] {
  return hosts.slice(waves[wave - 1] ?? 0, waves[wave]);
}

/** How many of the hosts are as asked; all of them unless a choice is given. */
export function countHosts({ hosts }: RolloutState, test: (host: HostState) => boolean, names: Iterable<string> = hosts.keys()): number {
  let count = 0;
  for (const name of names) {
    const host = hosts.get(name);
    if (host !== undefined && test(host)) count += 1;
  }
  return count;
}
