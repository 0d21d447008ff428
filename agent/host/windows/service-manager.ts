import koffi, { type TypeObject } from 'koffi';
import { createFailedCalls } from './failed-call.js';
import { type ServiceSettings, serviceName } from './service-settings.js';
import type { ServiceStatus } from './service-status.js';
import * as structs from './structs.js';
import { WindowsError } from './windows-error.js';

/** The service of the agent, as the service manager of Windows has it. Every call throws WindowsError. */
export interface ServiceManager {
  /** Makes the service, or sets all of its settings anew. @returns names of settings that this Windows does not know */
  install(settings: ServiceSettings): readonly string[];
  /** Undefined: it is not installed. */
  status(): ServiceStatus | undefined;
  start(): void;
  stop(): void;
  /** It goes when it has stopped, and nobody has it open any more. */
  delete(): void;
  setPreshutdownTimeout(ms: number): void;
}

const ERROR_INVALID_LEVEL = 124;
const ERROR_SERVICE_DOES_NOT_EXIST = 1060;
const SC_MANAGER_CONNECT = 0x1;
const SC_MANAGER_CREATE_SERVICE = 0x2;
const SERVICE_CHANGE_CONFIG = 0x2;
const SERVICE_QUERY_STATUS = 0x4;
const SERVICE_START = 0x10;
const SERVICE_STOP = 0x20;
const DELETE = 0x10000;
const SERVICE_WIN32_OWN_PROCESS = 0x10;
const SERVICE_AUTO_START = 2;
const SERVICE_ERROR_NORMAL = 1;
const SC_ACTION_RESTART = 1;
const SERVICE_SID_TYPE_UNRESTRICTED = 1;
const SERVICE_CONTROL_STOP = 1;

type Handle = bigint;
type Native = (...args: unknown[]) => unknown;

/** The service manager by advapi32.dll. */
export function createServiceManager(): ServiceManager {
  const advapi32 = koffi.load('advapi32.dll');
  const declare = (name: string, result: string, parameters: (string | TypeObject)[]): Native =>
    advapi32.func('__stdcall', name, result, parameters);
  const changeConfig2 = (type: TypeObject): Native => declare('ChangeServiceConfig2W', 'int', ['void *', 'uint32', koffi.pointer(type)]);

  const strings = ['str16', 'str16', 'void *', 'void *', 'str16', 'str16'];
  const native = {
    // https://learn.microsoft.com/windows/win32/api/winsvc/nf-winsvc-changeserviceconfigw
    changeServiceConfig: declare('ChangeServiceConfigW', 'int', ['void *', 'uint32', 'uint32', 'uint32', ...strings, 'str16']),
    // https://learn.microsoft.com/windows/win32/api/winsvc/nf-winsvc-closeservicehandle
    closeServiceHandle: declare('CloseServiceHandle', 'int', ['void *']),
    // https://learn.microsoft.com/windows/win32/api/winsvc/nf-winsvc-controlservice
    controlService: declare('ControlService', 'int', ['void *', 'uint32', 'void *']),
    // https://learn.microsoft.com/windows/win32/api/winsvc/nf-winsvc-createservicew
    createService: declare('CreateServiceW', 'void *', [
      ...['void *', 'str16', 'str16', 'uint32', 'uint32', 'uint32', 'uint32'],
      ...strings,
    ]),
    // https://learn.microsoft.com/windows/win32/api/winsvc/nf-winsvc-deleteservice
    deleteService: declare('DeleteService', 'int', ['void *']),
    // https://learn.microsoft.com/windows/win32/api/winsvc/nf-winsvc-openscmanagerw
    openSCManager: declare('OpenSCManagerW', 'void *', ['str16', 'str16', 'uint32']),
    // https://learn.microsoft.com/windows/win32/api/winsvc/nf-winsvc-openservicew
    openService: declare('OpenServiceW', 'void *', ['void *', 'str16', 'uint32']),
    // https://learn.microsoft.com/windows/win32/api/winsvc/nf-winsvc-queryservicestatusex
    queryServiceStatusEx: declare('QueryServiceStatusEx', 'int', ['void *', 'int32', 'void *', 'uint32', 'void *']),
    // https://learn.microsoft.com/windows/win32/api/winsvc/nf-winsvc-startservicew
    startService: declare('StartServiceW', 'int', ['void *', 'uint32', 'void *']),
  };
  const { failure, check } = createFailedCalls();

  const using = <T>(called: string, handle: unknown, work: (handle: Handle) => T): T => {
    if (handle === null) throw failure(called);
    try {
      return work(handle as Handle);
    } finally {
      native.closeServiceHandle(handle);
    }
  };
  const withManager = <T>(access: number, work: (manager: Handle) => T): T =>
    using('OpenSCManagerW', native.openSCManager(null, null, access), work);
  const withService = <T>(access: number, work: (service: Handle) => T): T =>
    withManager(SC_MANAGER_CONNECT, (manager) => using('OpenServiceW', native.openService(manager, serviceName, access), work));
  /** @returns whether Windows knows the setting */
  // https://learn.microsoft.com/windows/win32/api/winsvc/nf-winsvc-changeserviceconfig2w
  const configure = (service: Handle, level: number, type: TypeObject, value: object): boolean => {
    if (changeConfig2(type)(service, level, value) !== 0) return true;
    const error = failure('ChangeServiceConfig2W');
    if (error.code === ERROR_INVALID_LEVEL) return false;
    throw error;
  };
  const configureAll = (service: Handle, settings: ServiceSettings): string[] => {
    const { description, restartDelaysMs, failureResetSeconds, preshutdownTimeoutMs } = settings;
    const failureActions = {
      dwResetPeriod: failureResetSeconds,
      lpRebootMsg: null,
      lpCommand: null,
      cActions: restartDelaysMs.length,
      lpsaActions: restartDelaysMs.map((Delay) => ({ Type: SC_ACTION_RESTART, Delay })),
    };
    const known = {
      description: configure(service, 1, structs.SERVICE_DESCRIPTIONW, { lpDescription: description }),
      'recovery actions': configure(service, 2, structs.SERVICE_FAILURE_ACTIONSW, failureActions),
      'delayed start': configure(service, 3, structs.SERVICE_DELAYED_AUTO_START_INFO, { fDelayedAutostart: 1 }),
      'recovery after a failure that is no crash': configure(service, 4, structs.SERVICE_FAILURE_ACTIONS_FLAG, {
        fFailureActionsOnNonCrashFailures: 1,
      }),
      'service SID': configure(service, 5, structs.SERVICE_SID_INFO, { dwServiceSidType: SERVICE_SID_TYPE_UNRESTRICTED }),
      'time before shutdown': configure(service, 7, structs.SERVICE_PRESHUTDOWN_INFO, { dwPreshutdownTimeout: preshutdownTimeoutMs }),
    };
    return Object.entries(known).flatMap(([name, isKnown]) => (isKnown ? [] : [name]));
  };

  return {
    install(settings) {
      const { imagePath, displayName, dependencies } = settings;
      const kind = [SERVICE_WIN32_OWN_PROCESS, SERVICE_AUTO_START, SERVICE_ERROR_NORMAL];
      const names = Buffer.from(`${dependencies.join('\0')}\0\0`, 'utf16le');
      // SERVICE_START as well: SC_ACTION_RESTART is only taken from a handle that may start the service.
      const access = SERVICE_CHANGE_CONFIG | SERVICE_START;
      return withManager(SC_MANAGER_CONNECT | SC_MANAGER_CREATE_SERVICE, (manager) => {
        const existing = native.openService(manager, serviceName, access);
        if (existing !== null) {
          return using('OpenServiceW', existing, (service) => {
            const changed = native.changeServiceConfig(service, ...kind, imagePath, null, null, names, null, null, displayName);
            check('ChangeServiceConfigW', changed);
            return configureAll(service, settings);
          });
        }
        const error = failure('OpenServiceW');
        if (error.code !== ERROR_SERVICE_DOES_NOT_EXIST) throw error;
        const made = native.createService(manager, serviceName, displayName, access, ...kind, imagePath, null, null, names, null, null);
        return using('CreateServiceW', made, (service) => configureAll(service, settings));
      });
    },
    status() {
      try {
        return withService(SERVICE_QUERY_STATUS, (service) => {
          const bytes = new Uint32Array(koffi.sizeof(structs.SERVICE_STATUS_PROCESS) / 4);
          check('QueryServiceStatusEx', native.queryServiceStatusEx(service, 0, bytes, bytes.byteLength, new Uint32Array(1)));
          const status = koffi.decode(bytes, structs.SERVICE_STATUS_PROCESS);
          return {
            state: status.dwCurrentState,
            exitCode: status.dwWin32ExitCode,
            specificExitCode: status.dwServiceSpecificExitCode,
            checkpoint: status.dwCheckPoint,
            waitHintMs: status.dwWaitHint,
            processId: status.dwProcessId,
          };
        });
      } catch (error) {
        if (error instanceof WindowsError && error.code === ERROR_SERVICE_DOES_NOT_EXIST) return undefined;
        throw error;
      }
    },
    start() {
      withService(SERVICE_START, (service) => check('StartServiceW', native.startService(service, 0, null)));
    },
    stop() {
      const status = new Uint32Array(koffi.sizeof(structs.SERVICE_STATUS) / 4);
      withService(SERVICE_STOP, (service) => check('ControlService', native.controlService(service, SERVICE_CONTROL_STOP, status)));
    },
    delete() {
      withService(DELETE, (service) => check('DeleteService', native.deleteService(service)));
    },
    setPreshutdownTimeout(ms) {
      withService(SERVICE_CHANGE_CONFIG, (service) => {
        configure(service, 7, structs.SERVICE_PRESHUTDOWN_INFO, { dwPreshutdownTimeout: ms });
      });
    },
  };
}
