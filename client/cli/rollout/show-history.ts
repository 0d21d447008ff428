import { reduce } from '../../fleet/rollout/reduce.js';
import type { RolloutEvent } from '../../fleet/rollout/rollout-event.js';
import { initialState, type RolloutState } from '../../fleet/rollout/rollout-state.js';
import type { RolloutStore, StoredRollout } from '../../fleet/rollout/rollout-store.js';
import type { CliIo } from '../io.js';
import type { OutputFormat } from '../render/render.js';
import { createRolloutLines, waveLine } from '../render/rollout-lines.js';
import { createRolloutObjects } from '../render/rollout-objects.js';
import { hostCountText, originText, standText, wavesText } from '../render/rollout-text.js';
import { eachRollout } from './each-rollout.js';

/** What is told of the past. */
export interface HistoryOptions {
  /** Undefined: of all rollouts. */
  readonly id?: string | undefined;
  /** Milliseconds since 1970; what was before is left out. Undefined: from the beginning. */
  readonly from?: number | undefined;
  /** Hosts that are told of. Undefined: all. */
  readonly only?: ((host: string) => boolean) | undefined;
  readonly output: OutputFormat;
  readonly color: boolean;
}

/** Tells what rollouts did. One that is damaged does not hide the others. @returns false: one could not be read */
export async function showHistory({ stdout, stderr, color }: CliIo, store: RolloutStore, options: HistoryOptions): Promise<boolean> {
  if (options.id !== undefined) {
    stdout.write(historyOf(await store.read(options.id), options));
    return true;
  }
  return eachRollout(store, await store.list(), { stderr, color: color.stderr }, (rollout) => stdout.write(historyOf(rollout, options)));
}

function historyOf({ spec, events, driven }: StoredRollout, { from = 0, only, output, color }: HistoryOptions): string {
  const initial = initialState(spec.policy, spec.createdAt);
  const isText = output === 'table';
  const lines = isText ? createRolloutLines(initial, { color, timeText, only }) : createRolloutObjects(spec.id, initial);
  let state = initial;
  let told = '';
  for (const event of events) {
    const before = state;
    state = reduce(state, event);
    // What has no effect is not in a journal; lines follow the state in any case.
    const text = lines(event, state);
    if (event.at >= from && (isText || only === undefined || concerns(event, before, state, only))) told += text;
  }
  if (!isText || (told === '' && (only !== undefined || spec.createdAt < from))) return told;
  const end = `${standText(state)}${driven ? '; a process drives it' : ''}`;
  const beginning = only === undefined ? `, ${wavesText(spec.policy)}\n${timeText(spec.createdAt)} ${waveLine(initial)}\n` : `; ${end}\n`;
  return `${originText(spec)}: ${hostCountText(initial.hosts.size)}${beginning}${told}${only === undefined ? `${end}\n` : ''}`;
}

/** Whether something happened to one of the hosts. */
function concerns(event: RolloutEvent, before: RolloutState, state: RolloutState, only: (host: string) => boolean): boolean {
  if ('host' in event) return only(event.host);
  return [...state.hosts].some(([name, host]) => only(name) && host !== before.hosts.get(name));
}

/** "2026-11-24T12:31:42Z" */
function timeText(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}
