import type { RegistryKey } from './registry.js';

/** Rows of a table that the library allocated. `bytes` is its memory, not a copy: it dangles after `free`. */
export interface NativeTable {
  readonly bytes: Uint8Array;
  free(): void;
}

/** Outcome of a function that allocates a table: `table` is there if, and only if, `code` is 0. */
export type TableResult = { readonly code: 0; readonly table: NativeTable } | { readonly code: number; readonly table?: undefined };

/** A registration for notifications. */
export interface NotificationHandle {
  readonly kind: 'notification-handle';
}

/** Outcome of a registration: `handle` is there if, and only if, `code` is 0. */
export type NotifyResult =
  | { readonly code: 0; readonly handle: NotificationHandle }
  | { readonly code: number; readonly handle?: undefined };

/**
 * Called on the JavaScript thread while a system thread waits, so: take a note and return; never throw.
 * `row` is a copy in which only the key members are set; it is null for an initial notification. `type` is a MIB_NOTIFICATION_TYPE.
 */
export type NotificationCallback = (row: Uint8Array | null, type: number) => void;

/** The native functions by name, as `has` and `missing` tell of them. */
export const iphlpapiFunctions = [
  'CancelMibChangeNotify2',
  'ConvertInterfaceGuidToLuid',
  'ConvertInterfaceIndexToLuid',
  'ConvertInterfaceLuidToAlias',
  'ConvertInterfaceLuidToIndex',
  'CreateIpForwardEntry',
  'CreateIpForwardEntry2',
  'DeleteIpForwardEntry',
  'DeleteIpForwardEntry2',
  'FreeMibTable',
  'GetBestRoute',
  'GetBestRoute2',
  'GetIfEntry2',
  'GetIfTable2',
  'GetIpForwardEntry2',
  'GetIpForwardTable',
  'GetIpForwardTable2',
  'GetIpInterfaceEntry',
  'GetUnicastIpAddressTable',
  'InitializeIpForwardEntry',
  'NotifyIpInterfaceChange',
  'NotifyRouteChange2',
  'NotifyUnicastIpAddressChange',
  'ResolveIpNetEntry2',
  'SetIpForwardEntry',
  'SetIpForwardEntry2',
] as const;

/** Name of a native function. */
export type IphlpapiFunction = (typeof iphlpapiFunctions)[number];

/**
 * The part of iphlpapi.dll that the agent needs, as bytes (laid out as in layout.ts) and Win32 codes (0 is success).
 * A function that the library lacks answers 127 (ERROR_PROC_NOT_FOUND) and is listed in `missing`.
 */
export interface Iphlpapi {
  /** What stands behind the port, for people: "iphlpapi.dll", "simulated (office)". */
  readonly description: string;
  /** Functions that the library does not export, sorted. */
  readonly missing: readonly IphlpapiFunction[];
  /** The persistent routes in the registry of the host. Undefined: it has no registry. */
  readonly persistentRoutes: RegistryKey | undefined;
  /** Whether the caller may write routes: an elevated administrator on Windows, root on Linux. */
  isElevated(): boolean;
  /** Text of a Win32 code, where the system has one. https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-formatmessagew */
  formatMessage(code: number): string | undefined;

  /** Waits for running callbacks. https://learn.microsoft.com/windows/win32/api/netioapi/nf-netioapi-cancelmibchangenotify2 */
  cancelMibChangeNotify2(handle: NotificationHandle): Promise<number>;
  /** guid: 16 bytes; luid: 8, written. https://learn.microsoft.com/windows/win32/api/netioapi/nf-netioapi-convertinterfaceguidtoluid */
  convertInterfaceGuidToLuid(guid: Uint8Array, luid: Uint8Array): number;
  /** luid: 8 bytes, written. https://learn.microsoft.com/windows/win32/api/netioapi/nf-netioapi-convertinterfaceindextoluid */
  convertInterfaceIndexToLuid(index: number, luid: Uint8Array): number;
  /** luid: 8 bytes; alias: UTF-16, written. https://learn.microsoft.com/windows/win32/api/netioapi/nf-netioapi-convertinterfaceluidtoalias */
  convertInterfaceLuidToAlias(luid: Uint8Array, alias: Uint8Array): number;
  /** luid: 8 bytes; index: 4, written. https://learn.microsoft.com/windows/win32/api/netioapi/nf-netioapi-convertinterfaceluidtoindex */
  convertInterfaceLuidToIndex(luid: Uint8Array, index: Uint8Array): number;
  /** row: MIB_IPFORWARDROW. https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-createipforwardentry */
  createIpForwardEntry(row: Uint8Array): number;
  /** row: MIB_IPFORWARD_ROW2. https://learn.microsoft.com/windows/win32/api/netioapi/nf-netioapi-createipforwardentry2 */
  createIpForwardEntry2(row: Uint8Array): number;
  /** row: MIB_IPFORWARDROW. https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-deleteipforwardentry */
  deleteIpForwardEntry(row: Uint8Array): number;
  /** row: MIB_IPFORWARD_ROW2. https://learn.microsoft.com/windows/win32/api/netioapi/nf-netioapi-deleteipforwardentry2 */
  deleteIpForwardEntry2(row: Uint8Array): number;
  /**
   * destination, source: 4 bytes in network order; row: MIB_IPFORWARDROW, written.
   * https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-getbestroute
   */
  getBestRoute(destination: Uint8Array, source: Uint8Array, row: Uint8Array): number;
  /**
   * luid: 8 bytes, or null for any interface; source, destination: SOCKADDR_INET; row: MIB_IPFORWARD_ROW2 and bestSource: SOCKADDR_INET, written.
   * https://learn.microsoft.com/windows/win32/api/netioapi/nf-netioapi-getbestroute2
   */
  getBestRoute2(
    luid: Uint8Array | null,
    interfaceIndex: number,
    source: Uint8Array | null,
    destination: Uint8Array,
    sortOptions: number,
    row: Uint8Array,
    bestSource: Uint8Array,
  ): number;
  /** row: MIB_IF_ROW2, read and written. https://learn.microsoft.com/windows/win32/api/netioapi/nf-netioapi-getifentry2 */
  getIfEntry2(row: Uint8Array): number;
  /** Rows of MIB_IF_ROW2. https://learn.microsoft.com/windows/win32/api/netioapi/nf-netioapi-getiftable2 */
  getIfTable2(): Promise<TableResult>;
  /** row: MIB_IPFORWARD_ROW2, read and written. https://learn.microsoft.com/windows/win32/api/netioapi/nf-netioapi-getipforwardentry2 */
  getIpForwardEntry2(row: Uint8Array): number;
  /**
   * table: MIB_IPFORWARDTABLE, written, or null to ask for its size; size: 4 bytes, read and written.
   * https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-getipforwardtable
   */
  getIpForwardTable(table: Uint8Array | null, size: Uint8Array, order: boolean): Promise<number>;
  /** Rows of MIB_IPFORWARD_ROW2. https://learn.microsoft.com/windows/win32/api/netioapi/nf-netioapi-getipforwardtable2 */
  getIpForwardTable2(family: number): Promise<TableResult>;
  /** row: MIB_IPINTERFACE_ROW, read and written. https://learn.microsoft.com/windows/win32/api/netioapi/nf-netioapi-getipinterfaceentry */
  getIpInterfaceEntry(row: Uint8Array): number;
  /** Rows of MIB_UNICASTIPADDRESS_ROW. https://learn.microsoft.com/windows/win32/api/netioapi/nf-netioapi-getunicastipaddresstable */
  getUnicastIpAddressTable(family: number): Promise<TableResult>;
  /** row: MIB_IPFORWARD_ROW2, written. https://learn.microsoft.com/windows/win32/api/netioapi/nf-netioapi-initializeipforwardentry */
  initializeIpForwardEntry(row: Uint8Array): void;
  /** Rows of MIB_IPINTERFACE_ROW. https://learn.microsoft.com/windows/win32/api/netioapi/nf-netioapi-notifyipinterfacechange */
  notifyIpInterfaceChange(family: number, callback: NotificationCallback, initialNotification: boolean): NotifyResult;
  /** Rows of MIB_IPFORWARD_ROW2. https://learn.microsoft.com/windows/win32/api/netioapi/nf-netioapi-notifyroutechange2 */
  notifyRouteChange2(family: number, callback: NotificationCallback, initialNotification: boolean): NotifyResult;
  /** Rows of MIB_UNICASTIPADDRESS_ROW. https://learn.microsoft.com/windows/win32/api/netioapi/nf-netioapi-notifyunicastipaddresschange */
  notifyUnicastIpAddressChange(family: number, callback: NotificationCallback, initialNotification: boolean): NotifyResult;
  /**
   * Forgets what is known of a neighbour and asks it anew, which takes seconds when nobody answers. row: MIB_IPNET_ROW2, read and written;
   * source: SOCKADDR_INET, or null. https://learn.microsoft.com/windows/win32/api/netioapi/nf-netioapi-resolveipnetentry2
   */
  resolveIpNetEntry2(row: Uint8Array, source: Uint8Array | null): Promise<number>;
  /** row: MIB_IPFORWARDROW. https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-setipforwardentry */
  setIpForwardEntry(row: Uint8Array): number;
  /** row: MIB_IPFORWARD_ROW2. https://learn.microsoft.com/windows/win32/api/netioapi/nf-netioapi-setipforwardentry2 */
  setIpForwardEntry2(row: Uint8Array): number;
}
