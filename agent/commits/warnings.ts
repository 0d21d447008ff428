import { describeRoute } from '../routes/route.js';
import type { CommitStep } from './commit.js';

/** Something about a plan that a person should know, and need not agree to. */
export interface PlanWarning {
  /** Stable. */
  readonly reason: 'RETURNS_AT_BOOT';
  readonly message: string;
  readonly remedy: string;
}

/** Rows that a warning names one by one. */
const namedRows = 5;

/** What steps leave in the registry, from where Windows brings it back. Rows that the agent keeps are put right by the agent. */
export function findWarnings(steps: readonly CommitStep[]): PlanWarning[] {
  const standing = steps.filter(({ before, registryValues }) => before?.inRegistry && registryValues.length === 0);
  const deleted = standing.filter(({ kind }) => kind === 'delete');
  const changed = standing.filter(
    ({ kind, before, after, receipt }) => kind === 'set' && before?.metric !== after?.metric && !receipt?.after?.persistent,
  );
  return [
    ...warn(deleted, 'come back at the next boot', 'to delete it there too, set also_registry; "route delete" on the host does the same'),
    ...warn(
      changed,
      'have the metric of the registry again after the next boot',
      'make the route persistent for an owner, so that the agent keeps its metric; or write it anew with "route -p" on the host',
    ),
  ];
}

function warn(steps: readonly CommitStep[], what: string, remedy: string): PlanWarning[] {
  if (steps.length === 0) return [];
  const names = steps.slice(0, namedRows).map(({ key }) => describeRoute(key));
  const more = steps.length > namedRows ? ` and ${steps.length - namedRows} more` : '';
  const message = `also in the registry, from where Windows makes persistent routes, and will ${what}: ${names.join(', ')}${more}`;
  return [{ reason: 'RETURNS_AT_BOOT', message, remedy }];
}
