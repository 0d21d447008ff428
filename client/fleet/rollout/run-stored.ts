import { createConnector } from '../connector.js';
import { startWorkers } from '../workers/worker-processes.js';
import { type Clock, createSystemClock } from './clock.js';
import { createGate } from './gate.js';
import { reduce } from './reduce.js';
import type { RolloutEvent, RolloutRequest } from './rollout-event.js';
import { type RunnerOptions, runRollout } from './rollout-runner.js';
import type { RolloutSpec } from './rollout-spec.js';
import { initialState, type RolloutState } from './rollout-state.js';
import type { OwnedRollout } from './rollout-store.js';
import { createHostWork } from './rollout-work.js';

/** How a kept rollout is driven. */
export interface RunStoredOptions extends Pick<RunnerOptions, 'signal' | 'onEvent'> {
  /** Asked for before anything else is done. */
  readonly request?: RolloutRequest | undefined;
  /** Default: that of this process. */
  readonly clock?: Clock | undefined;
  /** Processes that change hosts in place of this one, for fleets of thousands of hosts. Default: none. */
  readonly workers?: number | undefined;
}

/** Where a rollout stands after what happened. */
export function stateOf({ policy, createdAt }: RolloutSpec, events: readonly RolloutEvent[]): RolloutState {
  return events.reduce(reduce, initialState(policy, createdAt));
}

/** Drives a rollout on from where its journal ends, as {@link runRollout}. Whoever took it closes it. */
export async function runStored(
  { spec, events, journal, inbox }: OwnedRollout,
  { signal, onEvent, request, clock = createSystemClock(), workers: count }: RunStoredOptions = {},
): Promise<RolloutState> {
  let state = stateOf(spec, events);

  async function note(type: 'takenOver' | RolloutRequest): Promise<void> {
    const event: RolloutEvent = { type, at: clock.now() };
    const next = reduce(state, event);
    if (next === state) return;
    await journal.append(event);
    state = next;
    onEvent?.(event, state);
  }

  if (events.length > 0 && state.phase !== 'ended') await note('takenOver');
  if (request !== undefined) await note(request);
  const { insecure } = spec;
  const connector = createConnector({ insecure });
  const workers = count === undefined ? undefined : startWorkers({ count, insecure }, spec);
  try {
    const work = workers ?? createHostWork(spec, connector, clock);
    const gate = createGate(spec, connector, clock);
    return await runRollout({ state, journal, inbox, clock, work, gate, signal, onEvent });
  } finally {
    await workers?.close();
  }
}

/** Notes a request in a rollout that nobody drives, without driving it. False: it means nothing now. */
export async function noteRequest({ spec, events, journal }: OwnedRollout, request: RolloutRequest, clock: Clock): Promise<boolean> {
  const state = stateOf(spec, events);
  const event: RolloutEvent = { type: request, at: clock.now() };
  if (reduce(state, event) === state) return false;
  await journal.append(event);
  return true;
}
