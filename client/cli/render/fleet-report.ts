import pc from 'picocolors';
import type { Plan } from '../../model/plan.js';
import { createFolder, type Fold } from './fold.js';
import { foldedHosts } from './host-list.js';
import { hasChanges, isSameWay, renderBestRoute, renderWarning, type StepCounts } from './plan-summary.js';
import type { PlanWords } from './plan-words.js';
import { renderSteps } from './steps.js';
import type { DocumentStyle } from './view.js';

/** One report of many hosts. */
export interface FleetReport {
  add(host: string, plan: Plan): void;
  /** @param failed - number of hosts that have no plan */
  end(failed: number): string;
}

const nothing: StepCounts = { creates: 0, sets: 0, deletes: 0, unchanged: 0 };

interface Diff {
  readonly counts: StepCounts;
  readonly steps: string;
}

/**
 * Tells what is the same on several hosts once: first the differences, hosts without any last; then ways that change, and warnings; then the sum. The
 * plans themselves are not kept.
 */
export function createFleetReport(words: PlanWords, style: DocumentStyle): FleetReport {
  const diffs = createFolder<Diff>();
  const same: string[] = [];
  const consequences = createFolder<string>();
  const sum = { ...nothing };
  let differing = 0;

  function line({ first, hosts }: Fold<string>): string {
    return `${pc.createColors(style.color).bold(foldedHosts(hosts))}\n${first}`;
  }

  function diffText({ first: { counts, steps }, hosts }: Fold<Diff>): string {
    // How many rows are left alone may differ from host to host of one fold; the sum tells them.
    return line({ first: `  ${words.counts({ ...counts, unchanged: 0 })}\n${steps}`, hosts });
  }

  return {
    add(host, plan) {
      for (const key of ['creates', 'sets', 'deletes', 'unchanged'] as const) sum[key] += plan[key];
      if (hasChanges(plan)) differing += 1;
      const steps = renderSteps(plan.steps, style);
      if (steps === '' && !hasChanges(plan)) same.push(host);
      else diffs.add(host, JSON.stringify([plan.creates, plan.sets, plan.deletes, steps]), { counts: plan, steps });
      for (const text of consequencesOf(plan, style)) consequences.add(host, text, text);
    },
    end(failed) {
      const alike = same.length === 0 ? '' : line({ first: `  ${words.counts(nothing)}\n`, hosts: same });
      const total = diffs.folds().reduce((count, { hosts }) => count + hosts.length, same.length);
      const parts = [
        ...(differing > 0 ? [`${differing} ${words.differing}`] : []),
        ...(differing > 0 && total > differing ? [`${total - differing} ${words.same}`] : []),
        ...(failed > 0 ? [`${failed} failed`] : []),
      ];
      const summary = [...(parts.length > 0 ? [parts.join(', ')] : []), ...(total > 0 ? [words.counts(sum)] : [])].join('; ');
      const texts = [...diffs.folds().map(diffText), alike, ...ofSameHosts(consequences.folds()).map(line)];
      const all = total + failed;
      return `${texts.join('')}${all} ${all === 1 ? 'host' : 'hosts'}: ${summary}\n`;
    },
  };
}

/** Lines that are for the same hosts, under one heading. */
function ofSameHosts(folds: readonly Fold<string>[]): readonly Fold<string>[] {
  const texts = new Map<string, Fold<string>>();
  for (const { first, hosts } of folds) {
    const key = hosts.join(' ');
    texts.set(key, { first: (texts.get(key)?.first ?? '') + first, hosts });
  }
  return [...texts.values()];
}

/** Ways to controllers that stay as they are would be one line per site. */
function consequencesOf({ bestRoutes, warnings }: Plan, style: DocumentStyle): string[] {
  const told = bestRoutes.filter(({ management, before, after }) => !management || !isSameWay(before, after));
  return [...told.map((change) => renderBestRoute(change, style)), ...warnings.map((warning) => renderWarning(warning, style))];
}
