import type { HostState, RolloutState } from '../../fleet/rollout/rollout-state.js';
import { type ExitCode, exitCodes } from '../exit-code.js';

/** What a rollout, or undoing one, came to. */
export function rolloutExitCode(state: RolloutState, { undoing }: { readonly undoing: boolean }): ExitCode {
  if (state.phase !== 'ended') return exitCodes.interrupted;
  const hosts = [...state.hosts.values()];
  if (undoing) return undoExitCode(hosts);
  const done = hosts.filter(({ status }) => status === 'confirmed').length;
  if (done === hosts.length) return exitCodes.ok;
  if (done > 0 || hosts.some(({ mayStand }) => mayStand)) return exitCodes.partlyFailed;
  const begun = hosts.filter(({ status }) => status !== 'notStarted');
  if (begun.length > 0 && begun.every(({ status }) => status === 'unreachable')) return exitCodes.unreachable;
  if (begun.length > 0 && begun.every(({ why }) => why?.reason === 'STALE_PLAN')) return exitCodes.stalePlan;
  return begun.some(({ status }) => status === 'undone' || status === 'rolledBack') ? exitCodes.rolledBack : exitCodes.failed;
}

function undoExitCode(hosts: readonly HostState[]): ExitCode {
  if (!hosts.some(({ mayStand }) => mayStand)) return exitCodes.ok;
  return hosts.some(({ status }) => status === 'undone') ? exitCodes.partlyFailed : exitCodes.failed;
}
