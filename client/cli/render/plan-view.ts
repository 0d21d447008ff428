import pc from 'picocolors';
import type { Plan } from '../../model/plan.js';
import { countsText, hasChanges, renderConsequences, type StepCounts } from './plan-summary.js';
import { printable } from './printable.js';
import { renderSteps } from './steps.js';
import type { DocumentStyle, DocumentView, HostRow } from './view.js';

/** What a desired state would change. */
export const planView: DocumentView<Plan> = {
  text: renderPlan,
  total: (rows) => (rows.length > 1 ? `${rows.length} hosts: ${planCounts(sumOf(rows.map(({ row }) => row)))}\n` : ''),
  fields: ['planToken', 'revision', 'creates', 'sets', 'deletes', 'unchanged', 'bestRoutes', 'warnings', 'steps'],
};

function renderPlan({ host, row: plan }: HostRow<Plan>, style: DocumentStyle): string {
  const { bold, dim } = pc.createColors(style.color);
  const token = hasChanges(plan) ? `  ${dim(`plan token: ${printable(plan.planToken)}`)}\n` : '';
  return `${bold(printable(`${host}:`))} ${planCounts(plan)}\n${renderSteps(plan.steps, style)}${renderConsequences(plan, style)}${token}`;
}

function planCounts(counts: StepCounts): string {
  return countsText(counts, ['to create', 'to change', 'to delete'], 'no changes');
}

function sumOf(plans: readonly StepCounts[]): StepCounts {
  const add = (key: keyof StepCounts) => plans.reduce((sum, plan) => sum + plan[key], 0);
  return { creates: add('creates'), sets: add('sets'), deletes: add('deletes'), unchanged: add('unchanged') };
}
