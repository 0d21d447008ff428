import type { RolloutStore } from '../../fleet/rollout/rollout-store.js';

/** Takes "last" for the newest rollout, where there is one. */
export async function rolloutIdOf(store: Pick<RolloutStore, 'list'>, word: string): Promise<string> {
  return word === 'last' ? ((await store.list()).at(-1) ?? word) : word;
}
