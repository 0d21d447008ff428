import { createFileStore } from '../../fleet/rollout/file-store.js';
import { RolloutError } from '../../fleet/rollout/rollout-error.js';
import type { RolloutStore } from '../../fleet/rollout/rollout-store.js';
import type { CommandContext } from '../command-context.js';
import { exitCodes } from '../exit-code.js';
import type { RolloutsOptions } from '../options/rollout-options.js';
import { renderFailure } from '../render/failure.js';

/** Does something with kept rollouts, and tells what is wrong with them as any other failure. */
export async function withRollouts(
  { io, finish }: CommandContext,
  { rolloutsDir }: RolloutsOptions,
  work: (store: RolloutStore) => Promise<void>,
): Promise<void> {
  try {
    await work(createFileStore(rolloutsDir));
  } catch (error) {
    if (!(error instanceof RolloutError)) throw error;
    const { code, message, remedy } = error;
    io.stderr.write(renderFailure('error', { message, reason: code, remedy }, io.color.stderr));
    finish(code === 'ROLLOUT_INVALID' || code === 'ROLLOUT_NOT_FOUND' ? exitCodes.usage : exitCodes.failed);
  }
}
