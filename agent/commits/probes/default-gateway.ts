import { type Family, isUnspecified } from '../../../proto/address.js';
import { bestDefaultRoutes } from '../../routes/best-route.js';
import { nextHopText, type Route } from '../../routes/route.js';
import type { RouteTable } from '../../routes/route-table.js';

/** IfOperStatusUp. https://learn.microsoft.com/windows/win32/api/ifdef/ne-ifdef-if_oper_status */
const UP = 1;

/** Whether the next hop of the best default route answers. An on-link one has no next hop: its interface is up, and that is all there is to ask. */
export async function probeDefaultGateway(
  table: Pick<RouteTable, 'list' | 'interfaces' | 'neighbourAnswers'>,
  family: Family,
): Promise<string | undefined> {
  const best = await bestDefaultRoute(table, family);
  if (best === undefined) return 'no default route on an interface that is up';
  if (isUnspecified(best.nextHop)) return undefined;
  if (await table.neighbourAnswers({ address: best.nextHop, interface: best.interface })) return undefined;
  return `${nextHopText(best)} on interface ${best.interface.index} does not answer`;
}

/** The lowest effective metric among those on interfaces that are up; the first of equals. */
async function bestDefaultRoute(table: Pick<RouteTable, 'list' | 'interfaces'>, family: Family): Promise<Route | undefined> {
  const [snapshot, interfaces] = await Promise.all([table.list(), table.interfaces()]);
  const routes = await snapshot.routes();
  const up = new Set(interfaces.filter(({ operationalStatus }) => operationalStatus === UP).map(({ luid }) => luid));
  const [best] = bestDefaultRoutes(
    routes.filter((route) => up.has(route.interface.luid)),
    family,
  );
  return best;
}
