import pc from 'picocolors';
import type { RolloutEvent } from '../../fleet/rollout/rollout-event.js';
import { hostsOfWave, type RolloutState } from '../../fleet/rollout/rollout-state.js';
import { durationText } from './duration-text.js';
import { failureText } from './failure.js';
import { hostList } from './host-list.js';
import { printable } from './printable.js';
import { clockText, statusWords } from './rollout-text.js';

/** Text of what happens to a rollout, line by line. */
export type RolloutLines = (event: RolloutEvent, state: RolloutState) => string;

/** How lines are drawn. */
export interface RolloutLineStyle {
  readonly color: boolean;
  /** Default: the time of day. */
  readonly timeText?: ((at: number) => string) | undefined;
  /** Hosts that are told of; then what the rollout as a whole does is not told. Default: all. */
  readonly only?: ((host: string) => boolean) | undefined;
}

/** Lines for people: hosts as they end, and what the rollout as a whole does. */
export function createRolloutLines(initial: RolloutState, { color, timeText = clockText, only }: RolloutLineStyle): RolloutLines {
  const colors = pc.createColors(color);
  let before = initial;

  function ended(name: string, state: RolloutState): string {
    const host = state.hosts.get(name);
    if (host === undefined || host.since !== undefined) return '';
    const good = host.status === 'confirmed' || host.status === 'undone';
    const word = (good ? colors.green : colors.red)(statusWords[host.status]);
    return `${printable(name)}: ${word}${host.why === undefined ? '' : `: ${failureText(host.why)}`}`;
  }

  function lines(event: RolloutEvent, state: RolloutState): readonly string[] {
    const inFlightBefore = [...before.hosts].filter(([, { since }]) => since !== undefined).map(([name]) => name);
    const unwell = event.type === 'gateEnded' ? event.unwell.map(({ host }) => host) : [];
    const hosts = [...inFlightBefore, ...unwell]
      .filter((name) => only?.(name) ?? true)
      .map((name) => ended(name, state))
      .filter((line) => line !== '');
    return only === undefined ? [...hosts, ...requestLines(event), ...phaseLines(before, state)] : hosts;
  }

  return (event, state) => {
    const text = lines(event, state)
      .map((line) => `${colors.dim(timeText(state.lastAt))} ${line}\n`)
      .join('');
    before = state;
    return text;
  };
}

/** What the first wave is; the others are told by what begins them. */
export function waveLine({ policy, wave }: RolloutState): string {
  const hosts = hostsOfWave(policy, wave);
  return `wave ${wave + 1} of ${policy.waves.length}: ${hosts.length === 1 ? '' : `${hosts.length} hosts, `}${hostList(hosts)}`;
}

function requestLines({ type }: RolloutEvent): readonly string[] {
  switch (type) {
    case 'takenOver':
      return ['taken over; hosts that were in flight are asked what became of them'];
    case 'paused':
      return ['paused: no host is begun'];
    case 'unpaused':
      return ['goes on'];
    case 'promoted':
      return ['promoted'];
    case 'aborted':
    case 'undoRequested':
    case 'timeReached':
    case 'hostStarted':
    case 'hostConfirming':
    case 'hostEnded':
    case 'undoStarted':
    case 'undoEnded':
    case 'gateEnded':
      return [];
  }
}

function confirmedText({ hosts }: RolloutState): string {
  const count = [...hosts.values()].filter(({ status }) => status === 'confirmed').length;
  return count === 1 ? 'the confirmed host' : `${count} confirmed hosts`;
}

function phaseLines(before: RolloutState, state: RolloutState): readonly string[] {
  const { phase, wave, stop, soakUntil, lastAt, hosts } = state;
  const told: string[] = [];
  if (stop !== undefined && before.stop === undefined) told.push(`stopping: ${stop.message} (${stop.reason}); no host is begun any more`);
  if (wave !== before.wave) told.push(waveLine(state));
  if (phase !== before.phase) {
    if (phase === 'soaking' && soakUntil !== undefined)
      told.push(`wave ${wave + 1} done; the next one begins in ${durationText(soakUntil - lastAt)}`);
    if (phase === 'atGate') told.push(`looking at ${confirmedText(state)} before the next wave`);
    if (phase === 'awaitingPromotion') told.push(`wave ${wave + 1} done; the next one begins when it is promoted`);
    const count = [...hosts.values()].filter(({ undoWanted }) => undoWanted).length;
    if (phase === 'undoing') told.push(`undoing ${count} ${count === 1 ? 'host' : 'hosts'} at once`);
  }
  return told;
}
