import koffi from 'koffi';
import pLimit from 'p-limit';
import { openPersistentRoutes } from './advapi32-registry.js';
import {
  type Iphlpapi,
  type IphlpapiFunction,
  iphlpapiFunctions,
  type NotificationCallback,
  type NotificationHandle,
  type NotifyResult,
  type TableResult,
} from './iphlpapi.js';
import { MIB_IF_ROW2, MIB_IPFORWARD_ROW2, MIB_IPINTERFACE_ROW, MIB_TABLE2, MIB_UNICASTIPADDRESS_ROW } from './layout.js';
import { createSystem } from './system.js';
import { Win32 } from './win32-error.js';

/** Arguments of each function as koffi types. All return a DWORD, but for the two that return nothing. */
const signatures: Readonly<Record<IphlpapiFunction, readonly string[]>> = {
  CancelMibChangeNotify2: ['void *'],
  ConvertInterfaceGuidToLuid: ['void *', 'void *'],
  ConvertInterfaceIndexToLuid: ['uint32', 'void *'],
  ConvertInterfaceLuidToAlias: ['void *', 'void *', 'size_t'],
  ConvertInterfaceLuidToIndex: ['void *', 'void *'],
  CreateIpForwardEntry: ['void *'],
  CreateIpForwardEntry2: ['void *'],
  DeleteIpForwardEntry: ['void *'],
  DeleteIpForwardEntry2: ['void *'],
  FreeMibTable: ['void *'],
  GetBestRoute: ['uint32', 'uint32', 'void *'],
  GetBestRoute2: ['void *', 'uint32', 'void *', 'void *', 'uint32', 'void *', 'void *'],
  GetIfEntry2: ['void *'],
  GetIfTable2: ['void *'],
  GetIpForwardEntry2: ['void *'],
  GetIpForwardTable: ['void *', 'void *', 'int'],
  GetIpForwardTable2: ['uint16', 'void *'],
  GetIpInterfaceEntry: ['void *'],
  GetUnicastIpAddressTable: ['uint16', 'void *'],
  InitializeIpForwardEntry: ['void *'],
  NotifyIpInterfaceChange: ['uint16', 'void *', 'void *', 'uint8', 'void *'],
  NotifyRouteChange2: ['uint16', 'void *', 'void *', 'uint8', 'void *'],
  NotifyUnicastIpAddressChange: ['uint16', 'void *', 'void *', 'uint8', 'void *'],
  ResolveIpNetEntry2: ['void *', 'void *'],
  SetIpForwardEntry: ['void *'],
  SetIpForwardEntry2: ['void *'],
};
const returnsNothing: ReadonlySet<IphlpapiFunction> = new Set(['FreeMibTable', 'InitializeIpForwardEntry']);

/** koffi throws above 256 asynchronous calls at a time; a flood of requests must wait instead. */
const concurrentCalls = 32;
/** Calls that block for seconds must leave threads to the others: koffi and Node.js share four. */
const concurrentResolutions = 2;

type Callback = ReturnType<typeof koffi.register>;
interface NativeRegistration extends NotificationHandle {
  readonly native: bigint;
  readonly callback: Callback;
}

/**
 * The port on a native library with the exports of iphlpapi.dll.
 *
 * @param path "iphlpapi.dll", or a file with the same exports.
 * @throws the loader's error when the library cannot be loaded
 */
export function loadIphlpapi(path: string): Iphlpapi {
  const library = koffi.load(path);
  const functions = new Map<IphlpapiFunction, ReturnType<typeof library.func>>();
  for (const name of iphlpapiFunctions) {
    try {
      functions.set(name, library.func('__stdcall', name, returnsNothing.has(name) ? 'void' : 'uint32', [...signatures[name]]));
    } catch {
      // Older systems and Wine lack some: listed in `missing`.
    }
  }
  const notificationPrototype = koffi.pointer(koffi.proto('__stdcall', null, 'void', ['void *', 'void *', 'int']));

  const call = (name: IphlpapiFunction, ...args: unknown[]): number => functions.get(name)?.(...args) ?? Win32.ERROR_PROC_NOT_FOUND;
  /** A function of one row as it is: what stands between a large change and the library is paid for every row. */
  const ofRow = (name: IphlpapiFunction): ((row: Uint8Array) => number) => functions.get(name) ?? (() => Win32.ERROR_PROC_NOT_FOUND);

  const callAsync = (name: IphlpapiFunction, ...args: unknown[]): Promise<number> => {
    const target = functions.get(name);
    if (target === undefined) return Promise.resolve(Win32.ERROR_PROC_NOT_FOUND);
    return new Promise((resolve, reject) => {
      target.async(...args, (error: Error | null, code: number) => (error ? reject(error) : resolve(code)));
    });
  };

  const limit = pLimit(concurrentCalls);
  const limitResolutions = pLimit(concurrentResolutions);
  const table = async (name: IphlpapiFunction, rowSize: number, ...args: unknown[]): Promise<TableResult> => {
    const pointer = new BigUint64Array(1);
    const code = await limit(() => callAsync(name, ...args, pointer));
    const address = pointer[0] ?? 0n;
    if (code !== 0) return { code };
    const count = new Uint32Array(koffi.view(address, 4))[0] ?? 0;
    return {
      code,
      table: {
        bytes: new Uint8Array(koffi.view(address, MIB_TABLE2.Table + count * rowSize)),
        free: () => void functions.get('FreeMibTable')?.(address),
      },
    };
  };

  const notify = (
    name: IphlpapiFunction,
    rowSize: number,
    family: number,
    callback: NotificationCallback,
    initialNotification: boolean,
  ): NotifyResult => {
    const registered = koffi.register((_context: unknown, row: bigint | null, type: number) => {
      // The row is the system's memory: copied before anything else happens.
      callback(row === null ? null : new Uint8Array(koffi.view(row, rowSize)).slice(), type);
    }, notificationPrototype);
    const handle = new BigUint64Array(1);
    const code = call(name, family, registered, null, initialNotification ? 1 : 0, handle);
    // Wine answers 0 and gives no handle: a registration that never calls.
    if (code !== 0 || handle[0] === 0n) {
      koffi.unregister(registered);
      return { code: code === 0 ? Win32.ERROR_NOT_SUPPORTED : code };
    }
    const registration: NativeRegistration = { kind: 'notification-handle', native: handle[0] ?? 0n, callback: registered };
    return { code: 0, handle: registration };
  };

  return {
    ...createSystem(),
    persistentRoutes: process.platform === 'win32' ? openPersistentRoutes() : undefined,
    description: path,
    missing: iphlpapiFunctions.filter((name) => !functions.has(name)),

    async cancelMibChangeNotify2(handle) {
      const { native, callback } = handle as NativeRegistration;
      // Off the JavaScript thread: it waits for callbacks, and those wait for the JavaScript thread.
      const code = await callAsync('CancelMibChangeNotify2', native);
      if (code === 0) koffi.unregister(callback);
      return code;
    },
    convertInterfaceGuidToLuid: (guid, luid) => call('ConvertInterfaceGuidToLuid', guid, luid),
    convertInterfaceIndexToLuid: (index, luid) => call('ConvertInterfaceIndexToLuid', index, luid),
    convertInterfaceLuidToAlias: (luid, alias) => call('ConvertInterfaceLuidToAlias', luid, alias, alias.byteLength / 2),
    convertInterfaceLuidToIndex: (luid, index) => call('ConvertInterfaceLuidToIndex', luid, index),
    createIpForwardEntry: ofRow('CreateIpForwardEntry'),
    createIpForwardEntry2: ofRow('CreateIpForwardEntry2'),
    deleteIpForwardEntry: ofRow('DeleteIpForwardEntry'),
    deleteIpForwardEntry2: ofRow('DeleteIpForwardEntry2'),
    getBestRoute: (destination, source, row) => call('GetBestRoute', networkOrder(destination), networkOrder(source), row),
    getBestRoute2: (luid, interfaceIndex, source, destination, sortOptions, row, bestSource) =>
      call('GetBestRoute2', luid, interfaceIndex, source, destination, sortOptions, row, bestSource),
    getIfEntry2: ofRow('GetIfEntry2'),
    getIfTable2: () => table('GetIfTable2', MIB_IF_ROW2.size),
    getIpForwardEntry2: ofRow('GetIpForwardEntry2'),
    getIpForwardTable: (rows, size, order) => limit(() => callAsync('GetIpForwardTable', rows, size, order ? 1 : 0)),
    getIpForwardTable2: (family) => table('GetIpForwardTable2', MIB_IPFORWARD_ROW2.size, family),
    getIpInterfaceEntry: ofRow('GetIpInterfaceEntry'),
    getUnicastIpAddressTable: (family) => table('GetUnicastIpAddressTable', MIB_UNICASTIPADDRESS_ROW.size, family),
    initializeIpForwardEntry: (row) => void call('InitializeIpForwardEntry', row),
    notifyIpInterfaceChange: (...args) => notify('NotifyIpInterfaceChange', MIB_IPINTERFACE_ROW.size, ...args),
    notifyRouteChange2: (...args) => notify('NotifyRouteChange2', MIB_IPFORWARD_ROW2.size, ...args),
    notifyUnicastIpAddressChange: (...args) => notify('NotifyUnicastIpAddressChange', MIB_UNICASTIPADDRESS_ROW.size, ...args),
    resolveIpNetEntry2: (row, source) => limitResolutions(() => callAsync('ResolveIpNetEntry2', row, source)),
    setIpForwardEntry: ofRow('SetIpForwardEntry'),
    setIpForwardEntry2: ofRow('SetIpForwardEntry2'),
  };
}

/** An IPv4 address as the DWORD whose memory holds it in network order. */
function networkOrder(address: Uint8Array): number {
  return new DataView(address.buffer, address.byteOffset, 4).getUint32(0, true);
}
