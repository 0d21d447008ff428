import { attemptIdOf, commitIdOf } from '../../../../client/fleet/rollout/commit-names.js';
import { reduce } from '../../../../client/fleet/rollout/reduce.js';
import type { RolloutEvent } from '../../../../client/fleet/rollout/rollout-event.js';
import { type HostState, initialState, isInFlight as isWorkedOn } from '../../../../client/fleet/rollout/rollout-state.js';
import type { FakeHost } from './fake-host.js';
import type { Simulated } from './simulated-rollout.js';

/** Everything that is wrong with a rollout that ended; found without the rules that it was run by. */
export function violationsOf(rollout: Simulated): readonly string[] {
  return [...rollout.policy.hosts.flatMap((name) => hostViolations(rollout, name)), ...journalViolations(rollout)];
}

function hostViolations({ state, hosts, tempers, journal }: Simulated, name: string): string[] {
  const found: string[] = [];
  const { status, mayStand } = state.hosts.get(name) ?? { status: 'forgotten', mayStand: false };
  const host = hosts.get(name) as FakeHost;
  const commit = lastCommitOf(host);
  const isInitial = host.row?.etag === host.initial?.etag || host.foreign;
  const wrong = (what: string) => found.push(`${name} is ${status}, and ${what}`);

  const ends = ['confirmed', 'unwell', 'rolledBack', 'failed', 'unreachable', 'undone', 'undoFailed', 'notStarted'];
  if (!ends.includes(status)) wrong('that is no end');
  for (const [id, count] of host.applied) if (count > 1) wrong(`${id} was applied ${count} times`);
  const announced = journal.some((event) => event.type === 'hostConfirming' && event.host === name);
  if (commit === 'committed' && !announced) wrong('its confirmation was never announced');
  if (commit === 'committed' && tempers.get(name) !== 'good') wrong('its commit stands without its probes');
  if ((status === 'confirmed' || status === 'unwell') && mayStand && commit !== 'committed') wrong(`its commit is ${commit}`);
  if (status === 'confirmed' && tempers.get(name) === 'refuses') wrong('it never took the change');
  if (status === 'undone' && commit !== 'committed') wrong(`its commit is ${commit}`);
  if (status === 'notStarted' && commit !== 'none') wrong(`its commit is ${commit}`);
  if (status === 'rolledBack' && commit === 'committed') wrong('its commit stands');
  if (!mayStand && status !== 'confirmed' && status !== 'unwell' && !isInitial)
    wrong('its row is not as before, and may not be told to stand');
  if (['applying', 'pendingConfirmation'].includes(commit)) wrong(`its commit is ${commit} after its time`);
  return found;
}

/** Events in order, with counts of their own. */
function journalViolations({ journal, policy, state, startAt }: Simulated): string[] {
  const found: string[] = [];
  const running = new Set<string>();
  const counts = { failures: 0, unreachable: 0 };
  const failuresOfWave = new Map<number, number>();
  const open = new Map<number, number>();
  const waveOf = (host: string) => policy.waves.findIndex((size) => policy.hosts.indexOf(host) < size);
  for (const host of policy.hosts) open.set(waveOf(host), (open.get(waveOf(host)) ?? 0) + 1);
  let undoBegan = false;
  let stopped = false;
  let paused = false;
  let lastEndAt = 0;
  let promotedSince = false;
  let gateAt = Number.NEGATIVE_INFINITY;

  function start(event: Extract<RolloutEvent, { type: 'hostStarted' }>): void {
    const wave = waveOf(event.host);
    if (counts.failures > policy.maxFailures) found.push(`${event.host} was started after ${counts.failures} failures`);
    for (const [each, failures] of failuresOfWave)
      if (failures > policy.maxFailuresPerWave) found.push(`${event.host} was started over the budget of wave ${each}`);
    if (counts.unreachable > policy.maxUnreachable) found.push(`${event.host} was started with ${counts.unreachable} unreachable`);
    if (stopped) found.push(`${event.host} was started after a stop`);
    if (paused) found.push(`${event.host} was started during a pause`);
    for (let before = 0; before < wave; before += 1)
      if (open.get(before) !== 0) found.push(`${event.host} did not wait for wave ${before}`);
    const isFirst = open.get(wave) === (policy.waves[wave] ?? 0) - (policy.waves[wave - 1] ?? 0);
    if (wave > 0 && isFirst && !running.size && gateAt < lastEndAt) found.push(`wave ${wave} began without passing the gate`);
    if (wave > 0 && isFirst && !promotedSince && !running.size) {
      const waited = event.at - lastEndAt;
      if (policy.soakMs === undefined) found.push(`wave ${wave} began though nobody promoted`);
      else if (waited < policy.soakMs) found.push(`wave ${wave} began after ${waited} ms`);
    }
    running.add(event.host);
  }

  let replayed = initialState(policy, startAt);
  for (const event of journal) {
    replayed = reduce(replayed, event);
    // The only end without an event of its own.
    if (event.type === 'timeReached') for (const host of [...running]) if (!isInFlight(replayed.hosts.get(host))) giveUp(host, event.at);
    switch (event.type) {
      case 'hostStarted':
        start(event);
        break;
      case 'hostEnded': {
        const wave = waveOf(event.host);
        running.delete(event.host);
        open.set(wave, (open.get(wave) ?? 0) - 1);
        lastEndAt = event.at;
        promotedSince = false;
        if (event.outcome === 'unreachable') counts.unreachable += 1;
        if (event.outcome === 'failed' || event.outcome === 'rolledBack') {
          counts.failures += 1;
          failuresOfWave.set(wave, (failuresOfWave.get(wave) ?? 0) + 1);
        }
        break;
      }
      case 'gateEnded':
        gateAt = event.at;
        stopped ||= event.closed !== undefined;
        counts.failures += event.unwell.length;
        for (const { host } of event.unwell) {
          failuresOfWave.set(waveOf(host), (failuresOfWave.get(waveOf(host)) ?? 0) + 1);
        }
        break;
      case 'undoStarted':
        undoBegan = true;
        running.add(event.host);
        break;
      case 'undoEnded':
        running.delete(event.host);
        break;
      case 'promoted':
        promotedSince = true;
        paused = false;
        break;
      case 'paused':
        paused = true;
        break;
      case 'unpaused':
        paused = false;
        break;
      case 'aborted':
      case 'undoRequested':
        stopped = true;
        break;
      case 'timeReached':
        break;
      case 'takenOver':
      case 'hostConfirming':
        break;
    }
    if (running.size > policy.concurrency) found.push(`${running.size} hosts at a time`);
  }

  function giveUp(host: string, at: number): void {
    running.delete(host);
    if (undoBegan) return;
    open.set(waveOf(host), (open.get(waveOf(host)) ?? 0) - 1);
    counts.unreachable += 1;
    lastEndAt = at;
    promotedSince = false;
  }

  if (undoBegan) {
    for (const [host, { status, mayStand }] of state.hosts)
      if ((status === 'confirmed' || status === 'unwell') && mayStand) found.push(`${host} was not undone`);
  }
  if (replayed.phase !== 'ended') found.push('the journal does not lead to the end');
  return found;
}

function isInFlight(host: HostState | undefined): boolean {
  return host !== undefined && isWorkedOn(host);
}

/** State of the last attempt at the change of a host; one that the host undid because the call ended is followed by another. */
function lastCommitOf(host: FakeHost): string {
  let state = 'none';
  for (let attempt = 1; ; attempt += 1) {
    const next = commitOf(host, attemptIdOf(commitIdOf('r1', host.name), attempt));
    if (next === 'none') return state;
    state = next;
  }
}

function commitOf(host: FakeHost, id: string): string {
  try {
    return host.find(id).state;
  } catch {
    return 'none';
  }
}
