import { hostsOfWave, isActive, isInFlight, type RolloutState } from '../../fleet/rollout/rollout-state.js';
import type { CliIo } from '../io.js';

/** A line at the end of the terminal that tells how far a wave is. */
export interface WaveLine {
  show(state: RolloutState): void;
  clear(): void;
}

/** Draws nothing where standard error is no terminal. */
export function createWaveLine({ interactive = false, stderr }: CliIo): WaveLine {
  let drawn = false;
  return {
    show(state) {
      if (!interactive || state.phase === 'ended') return;
      drawn = true;
      stderr.write(`\r${textOf(state)}\u001b[K`);
    },
    clear() {
      if (drawn) stderr.write('\r\u001b[K');
      drawn = false;
    },
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
