import type { Iphlpapi, NotificationHandle } from './iphlpapi.js';
import { AF_UNSPEC } from './layout.js';

/** Ends a watch; resolves when no callback runs any more. */
export type StopWatching = () => Promise<void>;

/**
 * Calls back after rows or interfaces changed, without saying which: one event may stand for many, and the table says what is.
 * Where the host does not tell of changes, nothing is ever called.
 */
export function watchTable(iphlpapi: Iphlpapi, onChange: () => void): StopWatching {
  const registered = [
    iphlpapi.notifyRouteChange2(AF_UNSPEC, onChange, false),
    iphlpapi.notifyIpInterfaceChange(AF_UNSPEC, onChange, false),
  ].flatMap(({ handle }): NotificationHandle[] => (handle === undefined ? [] : [handle]));
  return async () => {
    for (const handle of registered) await iphlpapi.cancelMibChangeNotify2(handle);
  };
}
