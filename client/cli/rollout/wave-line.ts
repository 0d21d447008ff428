import { hostsOfWave, isActive, isInFlight, type RolloutState } from '../../fleet/rollout/rollout-state.js';
import type { CliIo } from '../io.js';
import { createLiveLine } from '../live-line.js';

/** How far a wave is. */
export interface WaveLine {
  show(state: RolloutState): void;
  clear(): void;
}

/** Draws nothing when the rollout has ended. */
export function createWaveLine(io: CliIo): WaveLine {
  const line = createLiveLine(io);
  return {
    show(state) {
      if (state.phase !== 'ended') line.draw(textOf(state));
    },
    clear: line.clear,
  };
}

function textOf(state: RolloutState): string {
  const { policy, wave, hosts } = state;
  const names = isActive(state) ? hostsOfWave(policy, wave) : policy.hosts;
  const shown = names.flatMap((name) => hosts.get(name) ?? []);
  const inFlight = shown.filter(isInFlight).length;
  const open = shown.filter(({ status, undoWanted }) => status === 'waiting' || undoWanted).length;
  const what = isActive(state) ? `wave ${wave + 1} of ${policy.waves.length}` : state.phase;
  return `${what}: ${shown.length - inFlight - open} of ${shown.length} done, ${inFlight} in flight${state.paused ? ', paused' : ''}`;
}
