import { countHosts, type HostState, hostsOfWave, isActive, isInFlight, type RolloutState, type StopReason } from './rollout-state.js';

/** Goes on as far as a state can by itself: over budgets and deadlines, to the next wave, through stopping and undoing to the end. */
export function advance(state: RolloutState, at: number): RolloutState {
  let current = state;
  for (let next = step(current, at); next !== current; next = step(current, at)) current = next;
  return current;
}

/** Nothing new is begun from now. */
export function stopFor(state: RolloutState, stop: StopReason, undo: boolean): RolloutState {
  return { ...state, phase: 'stopping', paused: false, soakUntil: undefined, stop, undoAfterStop: undo };
}

function step(state: RolloutState, at: number): RolloutState {
  if (isActive(state)) {
    const stop = stopReasonOf(state, at);
    if (stop !== undefined) return stopFor(state, stop, state.policy.onFailure === 'undo');
  }
  switch (state.phase) {
    case 'running':
      return finishWave(state, at);
    case 'soaking':
      return state.paused || at < (state.soakUntil ?? at) ? state : { ...state, phase: 'atGate', soakUntil: undefined };
    case 'awaitingPromotion':
    case 'atGate':
    case 'ended':
      return state;
    case 'stopping':
      if (countHosts(state, isInFlight) > 0) return state;
      return state.undoAfterStop ? beginUndo(state) : finish(state);
    case 'undoing':
      return countHosts(state, (host) => host.undoWanted || isInFlight(host)) > 0 ? state : finish(state);
  }
}

function finishWave(state: RolloutState, at: number): RolloutState {
  const { policy, wave } = state;
  if (countHosts(state, isOpen, hostsOfWave(policy, wave)) > 0) return state;
  if (wave === policy.waves.length - 1) return finish(state);
  if (policy.soakMs === undefined) return { ...state, phase: 'awaitingPromotion' };
  return { ...state, phase: 'soaking', soakUntil: at + policy.soakMs };
}

function isOpen(host: HostState): boolean {
  return host.status === 'waiting' || isInFlight(host);
}

/** All at once: what has to go has been seen to be wrong already, and a canary would only make it stay longer. */
function beginUndo(state: RolloutState): RolloutState {
  const hosts = [...state.hosts].map(([name, host]) => [name, host.mayStand ? { ...host, undoWanted: true } : host] as const);
  return { ...state, phase: 'undoing', undoAfterStop: false, hosts: new Map(hosts) };
}

function finish(state: RolloutState): RolloutState {
  const hosts = [...state.hosts].map(
    ([name, host]) => [name, host.status === 'waiting' ? { ...host, status: 'notStarted' as const } : host] as const,
  );
  return { ...state, phase: 'ended', paused: false, hosts: new Map(hosts) };
}

/** Why it may not go on. Undefined: it may. */
export function stopReasonOf(state: RolloutState, at: number): StopReason | undefined {
  const { policy, wave, deadlineAt } = state;
  const ofWave = hostsOfWave(policy, wave);
  const failures = countHosts(state, isFailure);
  const unreachable = countHosts(state, ({ status }) => status === 'unreachable');
  if (failures > policy.maxFailures) {
    return { reason: 'TOO_MANY_FAILURES', message: `${hostsText(failures)} failed, ${policy.maxFailures} may` };
  }
  // A gate may find hosts of any wave before it unwell.
  for (let each = 0; each <= wave; each++) {
    const waveFailures = countHosts(state, isFailure, hostsOfWave(policy, each));
    if (waveFailures <= policy.maxFailuresPerWave) continue;
    const message = `${hostsText(waveFailures)} of wave ${each + 1} failed, ${policy.maxFailuresPerWave} may`;
    return { reason: 'TOO_MANY_FAILURES_IN_WAVE', message };
  }
  if (unreachable > policy.maxUnreachable) {
    return { reason: 'TOO_MANY_UNREACHABLE', message: `${hostsText(unreachable)} could not be reached, ${policy.maxUnreachable} may` };
  }
  const isLast = wave === policy.waves.length - 1;
  if (!isLast && countHosts(state, isOpen, ofWave) === 0 && countHosts(state, ({ status }) => status === 'confirmed', ofWave) === 0) {
    return {
      reason: 'NOTHING_CONFIRMED',
      message: `not one host of wave ${wave + 1} was confirmed, so that it proved nothing for the next`,
    };
  }
  if (at >= deadlineAt) return { reason: 'DEADLINE_EXCEEDED', message: 'the time for the whole rollout is over' };
  return undefined;
}

function isFailure({ status }: HostState): boolean {
  return status === 'failed' || status === 'rolledBack' || status === 'unwell';
}

function hostsText(count: number): string {
  return `${count} ${count === 1 ? 'host' : 'hosts'}`;
}
