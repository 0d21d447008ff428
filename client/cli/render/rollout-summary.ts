import type { HostState, RolloutState } from '../../fleet/rollout/rollout-state.js';
import { failureText } from './failure.js';
import { createFolder, type Fold } from './fold.js';
import { hostList } from './host-list.js';
import { statusWords } from './rollout-text.js';
import { renderTable } from './table.js';

/** What became of the hosts, those of one status and reason on one line. */
export function renderRolloutSummary({ hosts }: RolloutState, color: boolean): string {
  const folder = createFolder<HostState>();
  for (const [name, host] of hosts) folder.add(name, `${host.status} ${host.why?.reason}`, host);
  const rows = folder.folds().map((row) => ({ host: '', row }));
  return renderTable<Fold<HostState>>(
    rows,
    [
      { header: 'RESULT', text: ({ first }) => statusWords[first.status] },
      { header: 'COUNT', text: ({ hosts: names }) => names.length, align: 'right' },
      { header: 'HOSTS', text: ({ hosts: names }) => hostList(names) },
      { header: 'WHY', text: ({ first: { why }, hosts: names }) => (why === undefined ? undefined : whyText(why, names)) },
    ],
    { hostColumn: false, color },
  );
}

/** Messages hold addresses, and are hardly ever the same. */
function whyText(why: NonNullable<HostState['why']>, names: readonly string[]): string {
  return failureText(names.length === 1 ? why : { ...why, message: `${names[0]}: ${why.message}` });
}
