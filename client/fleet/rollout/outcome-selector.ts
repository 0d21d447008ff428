import { FleetError } from '../fleet-error.js';
import type { HostState, HostStatus, RolloutState } from './rollout-state.js';

/** Hosts of a rollout by what became of them. */
export interface OutcomeSelector {
  /** Id of the rollout, or "last". */
  readonly rollout: string;
  /** Names of the hosts, in the order of the rollout. */
  select(state: RolloutState): readonly string[];
}

/** What can be asked for. "failed" is what a failure budget counts. */
const statusesOf: Readonly<Record<string, readonly HostStatus[]>> = {
  failed: ['failed', 'rolledBack', 'unwell'],
  unreachable: ['unreachable'],
  'not-started': ['notStarted', 'waiting'],
  confirmed: ['confirmed'],
  undone: ['undone'],
  'not-undone': ['undoFailed'],
};

/** Takes all hosts of which it is not known that the change stands. */
const unconfirmed = 'unconfirmed';

/** Words that stand before the "@". */
export const outcomeWords: readonly string[] = [...Object.keys(statusesOf), unconfirmed];

/**
 * Reads "failed@20261124-123142-a1b2c3" or "failed,unreachable@last".
 *
 * @throws FleetError SELECTOR_INVALID
 */
export function parseOutcomeSelector(text: string): OutcomeSelector {
  const [words = '', rollout = '', ...more] = text.split('@');
  if (rollout === '' || more.length > 0) throw invalid(`"${text}" is not an outcome and a rollout`);
  const tests = words.split(',').map((word) => testOf(word.trim()));
  return {
    rollout,
    select: ({ hosts }) => [...hosts].flatMap(([name, host]) => (tests.some((fits) => fits(host)) ? [name] : [])),
  };
}

function testOf(word: string): (host: HostState) => boolean {
  if (word === unconfirmed) return ({ status }) => status !== 'confirmed';
  const statuses = statusesOf[word];
  if (statuses === undefined) throw invalid(`"${word}" is no outcome`);
  return ({ status }) => statuses.includes(status);
}

function invalid(message: string): FleetError {
  const remedy = `write "failed@last" or "failed,unreachable@<id>"; outcomes are ${outcomeWords.join(', ')}`;
  return new FleetError('SELECTOR_INVALID', message, remedy);
}
