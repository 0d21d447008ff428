import type { RolloutEvent, RolloutRequest } from '../../fleet/rollout/rollout-event.js';
import { countHosts, isInFlight, type RolloutState } from '../../fleet/rollout/rollout-state.js';
import type { OwnedRollout } from '../../fleet/rollout/rollout-store.js';
import { runStored, stateOf } from '../../fleet/rollout/run-stored.js';
import type { CommandContext } from '../command-context.js';
import type { CliIo } from '../io.js';
import { toPlain } from '../render/plain.js';
import type { OutputFormat } from '../render/render.js';
import { createRolloutLines, type RolloutLines, waveLine } from '../render/rollout-lines.js';
import { createRolloutObjects, phaseObject } from '../render/rollout-objects.js';
import { renderRolloutSummary } from '../render/rollout-summary.js';
import { hostCountText, standText, wavesText } from '../render/rollout-text.js';
import { UsageError } from '../usage-error.js';
import { rolloutExitCode } from './rollout-exit-code.js';
import { createWaveLine } from './wave-line.js';

/** How a rollout is driven and shown. */
export interface DriveOptions {
  readonly output: OutputFormat;
  /** `--no-color` is not given. */
  readonly color: boolean;
  /** Asked for before anything else is done. */
  readonly request?: RolloutRequest | undefined;
  /** See `RunStoredOptions`. */
  readonly workers?: number | undefined;
}

/** @throws UsageError for forms that are one whole */
export function checkRolloutOutput(output: OutputFormat): void {
  if (output === 'table' || output === 'ndjson') return;
  throw new UsageError(`"-o ${output}" has no form for this command`, 'give -o ndjson for one object per event, or leave it out for text');
}

/** Drives a rollout that was taken to its end, shows what happens, and gives it back. Ctrl-C lets hosts in flight finish. */
export async function driveRollout({ io, finish }: CommandContext, rollout: OwnedRollout, options: DriveOptions): Promise<void> {
  const { output, request, workers } = options;
  const { stdout, stderr, signal } = io;
  io.finishUnheard?.();
  const { spec, events } = rollout;
  const color = options.color && io.color.stdout;
  const before = stateOf(spec, events);
  const isText = output === 'table';
  const lines: RolloutLines = isText ? createRolloutLines(before, { color }) : createRolloutObjects(spec.id, before);
  const waveProgress = createWaveLine(io);
  if (isText) {
    stdout.write(`rollout ${spec.id}: ${hostCountText(before.hosts.size)}, ${wavesText(spec.policy)}\n`);
    if (events.length === 0) stdout.write(`${waveLine(before)}\n`);
  } else stdout.write(`${JSON.stringify(toPlain(phaseObject(new Date(before.lastAt), spec.id, before)))}\n`);

  let current = before;
  const sayInterrupted = () => tellInterrupted(spec.id, current, io);
  signal.addEventListener('abort', sayInterrupted);

  function onEvent(event: RolloutEvent, state: RolloutState): void {
    current = state;
    waveProgress.clear();
    stdout.write(lines(event, state));
    waveProgress.show(state);
  }

  try {
    const state = await runStored(rollout, { signal, onEvent, request, workers });
    waveProgress.clear();
    if (isText) stdout.write(`${standText(state)}\n${renderRolloutSummary(state, color)}`);
    if (state.phase !== 'ended') stderr.write(`not done yet; go on with: routefleet rollout resume ${spec.id}\n`);
    finish(rolloutExitCode(state, { undoing: request === 'undoRequested' }));
  } catch (error) {
    waveProgress.clear();
    // What was asked for may not be in the journal: resuming alone could go on with what was to be undone.
    stderr.write(`not done yet; when what follows is put right, go on with: routefleet rollout ${verbOf(request)} ${spec.id}\n`);
    throw error;
  } finally {
    signal.removeEventListener('abort', sayInterrupted);
    waveProgress.clear();
    await rollout.close();
  }
}

function tellInterrupted(id: string, state: RolloutState, { stderr }: CliIo): void {
  const inFlight = countHosts(state, isInFlight);
  if (inFlight === 0) return;
  const [hosts, them] =
    inFlight === 1
      ? ['1 host that is in flight is', 'it to its own timer']
      : [`${inFlight} hosts that are in flight are`, 'them to their own timers'];
  stderr.write(`${hosts} finished first; Ctrl-C again leaves ${them}; "routefleet rollout resume ${id}" then goes on\n`);
}

function verbOf(request: RolloutRequest | undefined): 'undo' | 'abort' | 'resume' {
  if (request === 'undoRequested') return 'undo';
  return request === 'aborted' ? 'abort' : 'resume';
}
