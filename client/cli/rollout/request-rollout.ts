import { createSystemClock } from '../../fleet/rollout/clock.js';
import type { RolloutRequest } from '../../fleet/rollout/rollout-event.js';
import type { RolloutStore } from '../../fleet/rollout/rollout-store.js';
import { noteRequest, stateOf } from '../../fleet/rollout/run-stored.js';
import type { CommandContext } from '../command-context.js';
import type { GlobalOptions } from '../options/global-options.js';
import { toPlain } from '../render/plain.js';
import { phaseObject } from '../render/rollout-objects.js';
import { standText } from '../render/rollout-text.js';
import { checkRolloutOutput, driveRollout } from './drive-rollout.js';

/** What is asked of which rollout. */
export interface RequestOptions extends Pick<GlobalOptions, 'output' | 'color'> {
  readonly id: string;
  readonly request: RolloutRequest;
  /** Where nobody drives the rollout, drive it here; else the request is only noted, for whoever does next. */
  readonly drive: boolean;
  /** See `RunStoredOptions`. */
  readonly workers?: number | undefined;
}

/** Hands a request to the process that drives the rollout or, where there is none, sees to it here. */
export async function requestRollout(context: CommandContext, store: RolloutStore, options: RequestOptions): Promise<void> {
  const { id, request, drive, output, color, workers } = options;
  checkRolloutOutput(output);

  async function tell(what: string): Promise<void> {
    const { spec, events } = await store.read(id);
    const state = stateOf(spec, events);
    const object = () => JSON.stringify(toPlain(phaseObject(new Date(state.lastAt), id, state)));
    context.io.stdout.write(output === 'ndjson' ? `${object()}\n` : `${what}: ${standText(state)}\n`);
  }

  if (await store.request(id, request)) {
    await tell(`told the process that drives ${id}`);
    return;
  }
  const rollout = await store.take(id);
  if (drive) {
    await driveRollout(context, rollout, { request, output, color, workers });
    return;
  }
  try {
    const noted = await noteRequest(rollout, request, createSystemClock());
    await tell(noted ? 'noted; nobody drives it now' : 'this changes nothing');
  } finally {
    await rollout.close();
  }
}
