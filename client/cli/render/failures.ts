import type { RouteError } from '../../errors/route-error.js';
import type { HostResult } from '../../fleet/on-host.js';
import { renderFailure } from './failure.js';
import { createFolder, type Fold } from './fold.js';
import { foldedHosts } from './host-list.js';

/** Failed hosts, those with the same reason on one line. */
export function renderFailures(results: readonly HostResult<unknown>[], color: boolean): string {
  const folder = createFolder<RouteError>();
  for (const result of results) if (!result.ok) folder.add(result.host.name, result.error.reason, result.error);
  return folder
    .folds()
    .map((fold) => renderFold(fold, color))
    .join('');
}

function renderFold({ first: { message, reason, remedy }, hosts }: Fold<RouteError>, color: boolean): string {
  // Messages hold addresses, and are hardly ever the same.
  const told = hosts.length === 1 ? message : `${hosts[0]}: ${message.replace(/\.$/, '')}; the others for the same reason`;
  return renderFailure(foldedHosts(hosts), { message: told, reason, remedy }, color);
}
