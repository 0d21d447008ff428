import type { RolloutSpec } from '../../fleet/rollout/rollout-spec.js';
import type { HostStatus, RolloutState } from '../../fleet/rollout/rollout-state.js';
import { durationText } from './duration-text.js';
import { printable } from './printable.js';

/** For people. */
export const statusWords: Readonly<Record<HostStatus, string>> = {
  waiting: 'waiting',
  applying: 'applying',
  confirming: 'confirming',
  undoing: 'undoing',
  confirmed: 'confirmed',
  rolledBack: 'rolled back',
  failed: 'failed',
  unreachable: 'unreachable',
  unwell: 'not well',
  undone: 'undone',
  undoFailed: 'not undone',
  notStarted: 'not started',
};

/** "1 host" or "40 hosts" */
export function hostCountText(count: number): string {
  return count === 1 ? '1 host' : `${count} hosts`;
}

/** "10 of 40 confirmed, 2 undone" and where it stands, on one line. */
export function standText(state: RolloutState): string {
  const { phase, wave, policy, paused, stop, hosts } = state;
  const countOf = (wanted: HostStatus): number => [...hosts.values()].filter(({ status }) => status === wanted).length;
  const undone = countOf('undone');
  const count = `${countOf('confirmed')} of ${hosts.size} confirmed${undone === 0 ? '' : `, ${undone} undone`}`;
  const why = stop === undefined ? '' : `: ${stop.message} (${stop.reason})`;
  const waveText = `wave ${wave + 1} of ${policy.waves.length}`;
  const pausedText = paused ? ', paused' : '';
  switch (phase) {
    case 'running':
      return `${waveText}${pausedText}; ${count}`;
    case 'soaking':
      return `${waveText} done${pausedText}, soaking; ${count}`;
    case 'awaitingPromotion':
      return `${waveText} done${pausedText}, to be promoted; ${count}`;
    case 'atGate':
      return `${waveText} done${pausedText}, at the gate; ${count}`;
    case 'stopping':
      return `stopping${why}`;
    case 'undoing':
      return `undoing${why}`;
    case 'ended':
      return stop === undefined ? `done; ${count}` : `stopped${why}; ${count}`;
  }
}

/** "12:31:42Z" */
export function clockText(at: number): string {
  return `${new Date(at).toISOString().slice(11, 19)}Z`;
}

/** "1, then 4, then 10 hosts" and how the next wave is begun. */
export function wavesText({ waves, soakMs }: RolloutState['policy']): string {
  const next = soakMs === undefined ? 'promoted by hand' : `${durationText(soakMs)} apart`;
  return waves.length === 1 ? `${waves[0]} at once` : `${waves.join(', then ')}; ${next}`;
}

/** "rollout 20261124-123142-a1b2c3 of routes.yaml by jane@noc1" */
export function originText({ id, source, startedBy }: Pick<RolloutSpec, 'id' | 'source' | 'startedBy'>): string {
  return printable(`rollout ${id} of ${source}${startedBy === undefined ? '' : ` by ${startedBy}`}`);
}
