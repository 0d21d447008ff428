import { advance, stopFor, stopReasonOf } from './advance.js';
import type { HostNote, RolloutEvent, RolloutReason } from './rollout-event.js';
import { type HostState, type HostStatus, isActive, isInFlight, type RolloutState } from './rollout-state.js';

/**
 * What an event makes of a rollout. Pure: time comes with the event. An event that means nothing now, such as the answer of a host that was given
 * up, gives back the very state that came in.
 */
export function reduce(state: RolloutState, event: RolloutEvent): RolloutState {
  // A clock that was set back must not make a deadline come again.
  const at = Math.max(event.at, state.lastAt);
  const next = react(state, event, at);
  return next === state ? state : advance({ ...next, lastAt: at }, at);
}

function react(state: RolloutState, event: RolloutEvent, at: number): RolloutState {
  switch (event.type) {
    case 'takenOver':
      return takeOver(state, at);
    case 'hostStarted':
      return move(state, event.host, ['waiting'], (host) => ({ ...host, status: 'applying', since: at }));
    case 'hostConfirming':
      if (!isActive(state) || state.hosts.get(event.host)?.overdue) return state;
      return move(state, event.host, ['applying'], (host) => ({ ...host, status: 'confirming', mayStand: true }));
    case 'hostEnded':
      return end(state, event.host, ['applying', 'confirming'], event.outcome, event.note);
    case 'undoStarted':
      return move(state, event.host, undoable, (host) => ({
        ...host,
        status: 'undoing',
        since: at,
        undoWanted: false,
        undoAttempts: host.undoAttempts + 1,
      }));
    case 'undoEnded':
      return end(state, event.host, ['undoing'], event.outcome, event.note);
    case 'gateEnded':
      return passGate(state, event, at);
    case 'timeReached':
      return passTime(state, at);
    case 'promoted':
      return state.phase === 'soaking' || state.phase === 'awaitingPromotion'
        ? { ...state, phase: 'atGate', soakUntil: undefined, paused: false }
        : state;
    case 'paused':
      return isActive(state) && !state.paused ? { ...state, paused: true } : state;
    case 'unpaused':
      return isActive(state) && state.paused ? { ...state, paused: false } : state;
    case 'aborted':
      return isActive(state) ? stopFor(state, { reason: 'ABORTED', message: 'somebody aborted it' }, false) : state;
    case 'undoRequested':
      return requestUndo(state);
  }
}

const undoable: readonly HostStatus[] = ['confirmed', 'unwell', 'failed', 'unreachable', 'undoFailed'];

function move(state: RolloutState, name: string, from: readonly HostStatus[], change: (host: HostState) => HostState): RolloutState {
  const host = state.hosts.get(name);
  if (host === undefined || !from.includes(host.status)) return state;
  return { ...state, hosts: new Map(state.hosts).set(name, change(host)) };
}

function end(
  state: RolloutState,
  name: string,
  from: readonly HostStatus[],
  status: HostStatus,
  { mayStand, ...why }: HostNote,
): RolloutState {
  return move(state, name, from, (host) => ({ ...host, status, mayStand, since: undefined, overdue: false, why: reasonOf(why) }));
}

function reasonOf({ reason, message = '', remedy }: Partial<RolloutReason>): RolloutReason | undefined {
  return reason === undefined ? undefined : { reason, message, remedy };
}

/** Nobody worked on it since the last event: that time is nobody's. */
function takeOver(state: RolloutState, at: number): RolloutState {
  const hosts = [...state.hosts].map(([name, host]) => [name, isInFlight(host) ? { ...host, since: at, overdue: false } : host] as const);
  return { ...state, hosts: new Map(hosts), deadlineAt: state.deadlineAt + (at - state.lastAt) };
}

/** Hosts that are not well count as failed; within the budgets, and with the gate open, the next wave begins. */
function passGate(state: RolloutState, { unwell, closed }: Extract<RolloutEvent, { type: 'gateEnded' }>, at: number): RolloutState {
  if (state.phase !== 'atGate') return state;
  let next = state;
  for (const { host, ...why } of unwell) next = move(next, host, ['confirmed'], (each) => ({ ...each, status: 'unwell', why }));
  const stop = stopReasonOf(next, at) ?? (closed && { ...closed, reason: 'GATE_CLOSED' });
  if (stop !== undefined) return stopFor(next, stop, next.policy.onFailure === 'undo');
  return { ...next, phase: 'running', wave: next.wave + 1 };
}

/** Hosts whose time is over are cancelled; those that do not even tell what became of them are given up. */
function passTime(state: RolloutState, at: number): RolloutState {
  const { hostTimeoutMs, settleMs } = state.policy;
  let next = state;
  for (const [name, host] of state.hosts) {
    if (host.since === undefined) continue;
    if (at >= host.since + hostTimeoutMs + settleMs) {
      const status = host.status === 'undoing' ? 'undoFailed' : 'unreachable';
      const message = 'it did not say in time what became of the change';
      next = end(next, name, [host.status], status, { reason: 'DEADLINE_EXCEEDED', message, mayStand: host.mayStand });
    } else if (at >= host.since + hostTimeoutMs && !host.overdue) {
      next = move(next, name, [host.status], (late) => ({ ...late, overdue: true }));
    }
  }
  // What else is due, such as the end of a soak, is found by whoever looks at the state next.
  return next === state ? { ...state } : next;
}

function requestUndo(state: RolloutState): RolloutState {
  if (isActive(state)) return stopFor(state, { reason: 'UNDO_REQUESTED', message: 'somebody asked to undo it' }, true);
  if (state.phase === 'stopping') return state.undoAfterStop ? state : { ...state, undoAfterStop: true };
  return state.phase === 'ended' && [...state.hosts.values()].some(({ mayStand }) => mayStand)
    ? { ...state, phase: 'stopping', undoAfterStop: true }
    : state;
}
