import pc from 'picocolors';
import type { Plan } from '../../model/plan.js';
import { hasChanges, renderConsequences } from './plan-summary.js';
import type { PlanWords } from './plan-words.js';
import { printable } from './printable.js';
import { renderSteps } from './steps.js';
import type { DocumentStyle, DocumentView, HostRow } from './view.js';

/** What a desired state would change on one host, or what is out of line there. */
export function createPlanView(words: PlanWords): DocumentView<Plan> {
  return {
    text: (row, style) => renderPlan(row, words, style),
    fields: ['planToken', 'revision', 'creates', 'sets', 'deletes', 'unchanged', 'bestRoutes', 'warnings', 'steps'],
  };
}

function renderPlan({ host, row: plan }: HostRow<Plan>, words: PlanWords, style: DocumentStyle): string {
  const { bold, dim } = pc.createColors(style.color);
  const token = words.token && hasChanges(plan) ? `  ${dim(`plan token: ${printable(plan.planToken)}`)}\n` : '';
  const consequences = renderConsequences(plan, style);
  return `${bold(printable(`${host}:`))} ${words.counts(plan)}\n${renderSteps(plan.steps, style)}${consequences}${token}`;
}
