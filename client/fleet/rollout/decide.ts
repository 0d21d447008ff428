import { type HostState, hostsOfWave, isActive, isInFlight, type RolloutState } from './rollout-state.js';

/** Work on a host that should be going on. */
export interface WantedWork {
  readonly host: string;
  readonly kind: 'apply' | 'undo';
  /** What is not confirmed yet is to be cancelled at once. */
  readonly cancel: boolean;
}

/** What a state asks for. */
export interface Decision {
  /** To be announced in the journal, upon which the work is wanted. */
  readonly begin: readonly { readonly type: 'hostStarted' | 'undoStarted'; readonly host: string }[];
  /** Of hosts that were announced. */
  readonly work: readonly WantedWork[];
  /** Confirmed hosts that the gate is to look at now. Undefined: there is no gate to pass. */
  readonly gate?: readonly string[] | undefined;
  /** When the state wants to hear of the time. Undefined: only other events matter. */
  readonly wakeAt?: number | undefined;
  /** There is nothing left to do. */
  readonly finished: boolean;
}

/** What is to be done now. Pure: the same state asks for the same. */
export function decide(state: RolloutState): Decision {
  const { hosts, policy, phase } = state;
  const work = [...hosts].flatMap(([name, host]) => workOn(name, host, isActive(state)));
  const free = Math.max(0, policy.concurrency - work.length);
  const gate = phase === 'atGate' ? confirmedHosts(state) : undefined;
  return { begin: candidates(state).slice(0, free), work, gate, wakeAt: wakeAtOf(state), finished: phase === 'ended' };
}

function confirmedHosts({ hosts }: RolloutState): readonly string[] {
  return [...hosts].flatMap(([name, { status }]) => (status === 'confirmed' ? [name] : []));
}

function workOn(host: string, { status, overdue }: HostState, isActive: boolean): readonly WantedWork[] {
  switch (status) {
    case 'applying':
      return [{ host, kind: 'apply', cancel: overdue || !isActive }];
    // Its confirmation may be there already: to be told, not to be taken back.
    case 'confirming':
      return [{ host, kind: 'apply', cancel: overdue }];
    case 'undoing':
      return [{ host, kind: 'undo', cancel: overdue }];
    case 'waiting':
    case 'confirmed':
    case 'rolledBack':
    case 'failed':
    case 'unreachable':
    case 'unwell':
    case 'undone':
    case 'undoFailed':
    case 'notStarted':
      return [];
  }
}

function candidates(state: RolloutState): Decision['begin'] {
  const { hosts, policy, phase, paused, wave } = state;
  if (phase === 'undoing') {
    return [...hosts].flatMap(([host, { undoWanted }]) => (undoWanted ? [{ type: 'undoStarted', host }] : []));
  }
  if (phase !== 'running' || paused) return [];
  return hostsOfWave(policy, wave).flatMap((host) => (hosts.get(host)?.status === 'waiting' ? [{ type: 'hostStarted', host }] : []));
}

function wakeAtOf(state: RolloutState): number | undefined {
  const { hosts, policy, paused, soakUntil, deadlineAt } = state;
  const times = [...hosts.values()].flatMap((host) => {
    if (!isInFlight(host) || host.since === undefined) return [];
    return [host.since + policy.hostTimeoutMs + (host.overdue ? policy.settleMs : 0)];
  });
  if (isActive(state)) times.push(deadlineAt);
  if (soakUntil !== undefined && !paused) times.push(soakUntil);
  return times.length === 0 ? undefined : Math.min(...times);
}
