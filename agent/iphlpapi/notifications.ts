import type { Iphlpapi } from './iphlpapi.js';
import { AF_UNSPEC } from './layout.js';

/** Whether the host tells of changed routes, found out by registering once: Wine exports the function and never calls. */
export async function notificationsWork(iphlpapi: Iphlpapi): Promise<boolean> {
  const { handle } = iphlpapi.notifyRouteChange2(AF_UNSPEC, () => {}, false);
  return handle !== undefined && (await iphlpapi.cancelMibChangeNotify2(handle)) === 0;
}
