import type { Iphlpapi, NotifyResult, TableResult } from '../iphlpapi.js';
import { bestRouteFunctions } from './best-route-functions.js';
import { BulkRoutes } from './bulk-routes.js';
import { CallGate } from './call-gate.js';
import { classicTable } from './classic-table.js';
import { classicWrites } from './classic-writes.js';
import { createControl, type SimulationControl } from './control.js';
import { conversions } from './conversions.js';
import type { SimulatedHostProfile } from './host-profile.js';
import { systemMessage } from './messages.js';
import { NativeTables } from './native-tables.js';
import { Neighbours, resolveIpNetEntry2 } from './neighbours.js';
import { netioReads } from './netio-reads.js';
import { netioWrites } from './netio-writes.js';
import { SimulatedHost } from './simulated-host.js';
import { simulateRegistry } from './simulated-registry.js';
import { TableGrowth } from './table-growth.js';

/** The port over a host in memory, and the hands that move that host. */
export interface SimulatedIphlpapi extends Iphlpapi {
  readonly control: SimulationControl;
}

/** What to simulate. */
export interface SimulatedIphlpapiOptions {
  readonly host: SimulatedHostProfile;
  /** Clock for ages and lifetimes, in milliseconds. Default: Date.now. */
  readonly nowMs?: () => number;
}

const asCode = (code: number): number => code;
const asTable = (code: number): TableResult => ({ code });
const asRegistration = (code: number): NotifyResult => ({ code });

/** An Iphlpapi in memory that lays out bytes, keeps the rules and returns the codes as Windows is documented to. */
export function createSimulatedIphlpapi({ host: profile, nowMs = Date.now }: SimulatedIphlpapiOptions): SimulatedIphlpapi {
  const host = new SimulatedHost(profile, nowMs);
  const gate = new CallGate(profile.missing, () => host.expireRoutes());
  const tables = new NativeTables(() => gate.count('FreeMibTable'));
  const bulk = new BulkRoutes(host);
  const growth = new TableGrowth(bulk);
  const { notifications } = host;
  const convert = conversions(host);
  const classic = classicWrites(host);
  const reads = netioReads(host, tables);
  const writes = netioWrites(host);
  const best = bestRouteFunctions(host);
  const neighbours = new Neighbours();
  const registry = simulateRegistry(profile.persistentRoutes, () => host.elevated, nowMs);

  return {
    description: `simulated (${profile.name})`,
    missing: profile.missing.toSorted(),
    isElevated: () => host.elevated,
    formatMessage: systemMessage,
    persistentRoutes: registry.key,
    control: createControl({ host, gate, tables, bulk, growth, neighbours, registry: registry.control }),

    cancelMibChangeNotify2: gate.async('CancelMibChangeNotify2', (handle) => notifications.cancel(handle), asCode),
    convertInterfaceGuidToLuid: gate.sync('ConvertInterfaceGuidToLuid', convert.convertInterfaceGuidToLuid, asCode),
    convertInterfaceIndexToLuid: gate.sync('ConvertInterfaceIndexToLuid', convert.convertInterfaceIndexToLuid, asCode),
    convertInterfaceLuidToAlias: gate.sync('ConvertInterfaceLuidToAlias', convert.convertInterfaceLuidToAlias, asCode),
    convertInterfaceLuidToIndex: gate.sync('ConvertInterfaceLuidToIndex', convert.convertInterfaceLuidToIndex, asCode),
    createIpForwardEntry: gate.sync('CreateIpForwardEntry', classic.createIpForwardEntry, asCode),
    createIpForwardEntry2: gate.sync('CreateIpForwardEntry2', writes.createIpForwardEntry2, asCode),
    deleteIpForwardEntry: gate.sync('DeleteIpForwardEntry', classic.deleteIpForwardEntry, asCode),
    deleteIpForwardEntry2: gate.sync('DeleteIpForwardEntry2', writes.deleteIpForwardEntry2, asCode),
    getBestRoute: gate.sync('GetBestRoute', best.getBestRoute, asCode),
    getBestRoute2: gate.sync('GetBestRoute2', best.getBestRoute2, asCode),
    getIfEntry2: gate.sync('GetIfEntry2', reads.getIfEntry2, asCode),
    getIfTable2: gate.async('GetIfTable2', reads.getIfTable2, asTable),
    getIpForwardEntry2: gate.sync('GetIpForwardEntry2', reads.getIpForwardEntry2, asCode),
    getIpForwardTable: gate.async(
      'GetIpForwardTable',
      classicTable(host, () => growth.afterSizeAnswer()),
      asCode,
    ),
    getIpForwardTable2: gate.async('GetIpForwardTable2', reads.getIpForwardTable2, asTable),
    getIpInterfaceEntry: gate.sync('GetIpInterfaceEntry', reads.getIpInterfaceEntry, asCode),
    getUnicastIpAddressTable: gate.async('GetUnicastIpAddressTable', reads.getUnicastIpAddressTable, asTable),
    initializeIpForwardEntry: gate.sync('InitializeIpForwardEntry', writes.initializeIpForwardEntry, () => undefined),
    notifyIpInterfaceChange: gate.sync(
      'NotifyIpInterfaceChange',
      (family, callback, initial) => notifications.register('interface', family, callback, initial),
      asRegistration,
    ),
    notifyRouteChange2: gate.sync(
      'NotifyRouteChange2',
      (family, callback, initial) => notifications.register('route', family, callback, initial),
      asRegistration,
    ),
    notifyUnicastIpAddressChange: gate.sync(
      'NotifyUnicastIpAddressChange',
      (family, callback, initial) => notifications.register('unicastAddress', family, callback, initial),
      asRegistration,
    ),
    resolveIpNetEntry2: gate.async('ResolveIpNetEntry2', resolveIpNetEntry2(host, neighbours), asCode),
    setIpForwardEntry: gate.sync('SetIpForwardEntry', classic.setIpForwardEntry, asCode),
    setIpForwardEntry2: gate.sync('SetIpForwardEntry2', writes.setIpForwardEntry2, asCode),
  };
}
