import pc from 'picocolors';
import type { BestRouteChange, PlanSummary, PlanWarning } from '../../model/plan.js';
import type { Route } from '../../model/route.js';
import { inOptionWords } from './option-words.js';
import { oneLine, printable } from './printable.js';
import { wayText } from './route-text.js';
import type { DocumentStyle } from './view.js';

/** Numbers of rows, by what becomes of them. */
export type StepCounts = Pick<PlanSummary, 'creates' | 'sets' | 'deletes' | 'unchanged'>;

/** Whether anything would be written. */
export function hasChanges({ creates, sets, deletes }: Omit<StepCounts, 'unchanged'>): boolean {
  return creates + sets + deletes > 0;
}

/** "2 to create, 1 to delete, 37 unchanged"; `words` are for creates, sets and deletes. */
export function countsText(counts: StepCounts, words: readonly [string, string, string], nothing: string): string {
  const { creates, sets, deletes, unchanged } = counts;
  const parts = [creates, sets, deletes].flatMap((count, index) => (count === 0 ? [] : [`${count} ${words[index]}`]));
  return [...(parts.length === 0 ? [nothing] : parts), ...(unchanged === 0 ? [] : [`${unchanged} unchanged`])].join(', ');
}

/** Ways that change, those to controllers first of all, and what to read before applying. */
export function renderConsequences({ bestRoutes, warnings }: PlanSummary, style: DocumentStyle): string {
  return bestRoutes.map((change) => renderBestRoute(change, style)).join('') + warnings.map((each) => renderWarning(each, style)).join('');
}

/** A way before and after. */
export function renderBestRoute({ destination, management, before, after }: BestRouteChange, { color }: DocumentStyle): string {
  const { bold, dim, red } = pc.createColors(color);
  const subject = `${management ? 'management path' : 'path'} to ${destination}`;
  if (isSameWay(before, after)) return `  ${dim(printable(`${subject}: ${way(after)} (unchanged)`))}\n`;
  const text = printable(`${subject}: ${way(before)} -> ${way(after)}`);
  return `  ${management ? bold(red(text)) : bold(text)}\n`;
}

/** What to read before applying, with what to do about it. */
export function renderWarning({ reason, message, remedy, risk }: PlanWarning, { color }: DocumentStyle): string {
  const { yellow } = pc.createColors(color);
  const accept = risk === undefined ? '' : ` Risk: ${risk}.`;
  const todo = remedy === undefined ? '' : ` Remedy: ${inOptionWords(oneLine(remedy)).replace(/\.$/, '')}.`;
  return `  ${yellow('warning:')} ${oneLine(message).replace(/\.$/, '')} (${printable(reason)}).${accept}${todo}\n`;
}

/** Next hop and interface are the same. */
export function isSameWay(before: Route | undefined, after: Route | undefined): boolean {
  return before?.nextHop === after?.nextHop && before?.interfaceLuid === after?.interfaceLuid;
}

function way(route: Route | undefined): string {
  return route === undefined ? 'unreachable' : wayText(route);
}
