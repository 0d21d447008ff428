import { FleetError } from '../../fleet/fleet-error.js';
import type { RolloutStore, StoredRollout } from '../../fleet/rollout/rollout-store.js';
import type { CliIo } from '../io.js';
import { renderFailure } from '../render/failure.js';

/** Reads rollouts one after the other; one that is damaged is told of, and does not hide the others. @returns false: one could not be read */
export async function eachRollout(
  store: RolloutStore,
  ids: readonly string[],
  { stderr, color }: { readonly stderr: CliIo['stderr']; readonly color: boolean },
  use: (rollout: StoredRollout) => void,
): Promise<boolean> {
  let complete = true;
  for (const id of ids) {
    try {
      use(await store.read(id));
    } catch (error) {
      if (!(error instanceof FleetError)) throw error;
      complete = false;
      stderr.write(renderFailure(id, { ...error, message: error.message, reason: error.code }, color));
    }
  }
  return complete;
}
