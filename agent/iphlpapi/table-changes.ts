import type { Iphlpapi, NotificationHandle } from './iphlpapi.js';
import { AF_UNSPEC } from './layout.js';

/** Word of changes on the host, for all who ask. */
export interface TableChanges {
  /** Whether the host tells of changed routes. Wine exports the function and never calls. */
  readonly told: boolean;
  /** Calls back after rows, interfaces or addresses changed, without saying which: one event may stand for many, and the table says what is. */
  subscribe(onChange: () => void): void;
  /** Resolves when no callback runs any more. */
  stop(): Promise<void>;
}

/** Registers with the host, once for everybody. Interfaces and addresses move metrics, and make rows come and go. */
export function registerForChanges(iphlpapi: Iphlpapi): TableChanges {
  const listeners: (() => void)[] = [];
  const onChange = (): void => {
    for (const listener of listeners) listener();
  };
  const routes = iphlpapi.notifyRouteChange2(AF_UNSPEC, onChange, false);
  const registered = [
    routes,
    iphlpapi.notifyIpInterfaceChange(AF_UNSPEC, onChange, false),
    iphlpapi.notifyUnicastIpAddressChange(AF_UNSPEC, onChange, false),
  ].flatMap(({ handle }): NotificationHandle[] => (handle === undefined ? [] : [handle]));
  return {
    told: routes.handle !== undefined,
    subscribe: (listener) => void listeners.push(listener),
    async stop() {
      for (const handle of registered.splice(0)) await iphlpapi.cancelMibChangeNotify2(handle);
    },
  };
}
