import pc from 'picocolors';
import type { ApplyResult } from '../../model/apply-result.js';
import type { Commit } from '../../model/commit.js';
import type { StepKind } from '../../model/plan.js';
import { commitStateText, renderPending, renderProbes } from './commit-text.js';
import { countsText, renderConsequences, type StepCounts } from './plan-summary.js';
import { printable } from './printable.js';
import { renderSteps } from './steps.js';
import type { DocumentView } from './view.js';

/** What became of a desired state. `confirmCommand` is what keeps a pending commit of a host. */
export function createApplyView(confirmCommand: (host: string, commitId: string) => string): DocumentView<ApplyResult> {
  return {
    fields: ['ok', 'planned', 'results', 'commit'],
    text: ({ host, row }, style) => {
      const { bold } = pc.createColors(style.color);
      const subject = bold(printable(`${host}:`));
      const consequences = row.planned === undefined ? '' : renderConsequences(row.planned, style);
      if (row.commit === undefined) return `${subject} ${doneText(countsOf(row))}\n${consequences}`;
      const { steps, probes } = row.commit;
      const pending = renderPending(row.commit, confirmCommand(host, row.commit.id));
      return `${subject} ${headline(row, row.commit)}\n${renderSteps(stepsToShow(row, steps), style)}${consequences}${renderProbes(probes)}${pending}`;
    },
  };
}

function headline(result: ApplyResult, { id, state }: Commit): string {
  const told = `commit ${printable(id)} ${commitStateText(state)}`;
  return isStanding(state) ? `${doneText(countsOf(result))}; ${told}` : told;
}

/** Of a change that was undone only what failed is of interest: nothing else is left of it. */
function stepsToShow({ commit }: ApplyResult, steps: Commit['steps']): Commit['steps'] {
  return commit === undefined || isStanding(commit.state) ? steps : steps.filter(({ failure }) => failure !== undefined);
}

function isStanding(state: Commit['state']): boolean {
  return state === 'committed' || state === 'pendingConfirmation';
}

function doneText(counts: StepCounts): string {
  return countsText(counts, ['created', 'changed', 'deleted'], 'nothing to do');
}

function countsOf({ planned, commit }: ApplyResult): StepCounts {
  const done = commit?.steps.filter(({ failure }) => failure === undefined) ?? [];
  const count = (kind: StepKind) => done.filter((step) => step.kind === kind).length;
  return {
    creates: count('create'),
    sets: count('set'),
    deletes: count('delete'),
    unchanged: planned?.unchanged ?? count('unchanged'),
  };
}
