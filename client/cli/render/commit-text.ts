import type { Commit, CommitState, ProbeResult } from '../../model/commit.js';
import { durationText } from './duration-text.js';
import { oneLine } from './printable.js';

const stateTexts: Readonly<Record<string, string>> = {
  applying: 'being applied',
  pendingConfirmation: 'pending',
  committed: 'committed',
  rollingBack: 'being undone',
  rolledBack: 'undone',
  rollbackFailed: 'undoing failed',
} satisfies Readonly<Partial<Record<CommitState, string>>>;

/** State of a commit for people. */
export function commitStateText(state: CommitState): string {
  return stateTexts[state] ?? state;
}

/** How to keep a pending commit, and how long there is to do so. Empty for any other. */
export function renderPending({ state, confirmRemainingMs }: Commit, confirmCommand: string): string {
  if (state !== 'pendingConfirmation' || confirmRemainingMs === undefined) return '';
  return `  to be confirmed within ${durationText(confirmRemainingMs)}, or the host undoes it:\n    ${confirmCommand}\n`;
}

/** One line per probe. */
export function renderProbes(probes: readonly ProbeResult[]): string {
  return probes.map((result) => `  probe ${oneLine(result.probe)}: ${outcomeText(result)}\n`).join('');
}

function outcomeText({ passedBefore, passedAfter, message }: ProbeResult): string {
  const why = message === undefined ? '' : `: ${oneLine(message)}`;
  if (!passedBefore) return `failed before the change already, does not count${why}`;
  if (passedAfter === undefined) return 'passed before the change, not tried after it';
  return passedAfter ? 'passed' : `failed after the change${why}`;
}
