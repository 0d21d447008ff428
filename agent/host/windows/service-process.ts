import koffi from 'koffi';
import { serviceName } from './service-settings.js';
import type { StatusReport } from './service-status.js';
import { HandlerEx, SERVICE_STATUS, SERVICE_TABLE_ENTRYW, ServiceMain } from './structs.js';

const SERVICE_WIN32_OWN_PROCESS = 0x10;

/** What a process has that Windows started as a service. */
export interface ServiceSession {
  /** Takes controls from now on; the handler answers with a Win32 code, within 30 s. */
  onControl(handler: (control: number) => number): void;
  report(status: StatusReport): void;
}

/** What came of asking to be a service. */
export interface DispatchEnd {
  /** Whether Windows had started the process as a service. */
  readonly wasService: boolean;
  /** Win32 code where it had not: ERROR_FAILED_SERVICE_CONTROLLER_CONNECT (1063) for a process of a console. */
  readonly code: number;
}

/**
 * Lets Windows run this process as a service, and returns when the service has stopped.
 *
 * StartServiceCtrlDispatcherW blocks its thread, one of the four that koffi and Node.js share, until then. ServiceMain and the handler are called on
 * threads of Windows and wait there for the JavaScript thread. ServiceMain returns as soon as the work has begun, as Microsoft's page on writing
 * it allows; what ends the service is the report STOPPED.
 *
 * https://learn.microsoft.com/windows/win32/api/winsvc/nf-winsvc-startservicectrldispatcherw
 * https://learn.microsoft.com/windows/win32/services/writing-a-servicemain-function
 *
 * @param main - called when Windows starts the service; must not throw
 */
export async function dispatchService(main: (session: ServiceSession) => void): Promise<DispatchEnd> {
  const advapi32 = koffi.load('advapi32.dll');
  const getLastError = koffi.load('kernel32.dll').func('__stdcall', 'GetLastError', 'uint32', []);
  const startDispatcher = advapi32.func('__stdcall', 'StartServiceCtrlDispatcherW', 'int', [koffi.pointer(SERVICE_TABLE_ENTRYW)]);
  // https://learn.microsoft.com/windows/win32/api/winsvc/nf-winsvc-registerservicectrlhandlerexw
  const registerHandler = advapi32.func('__stdcall', 'RegisterServiceCtrlHandlerExW', 'void *', [
    'str16',
    koffi.pointer(HandlerEx),
    'void *',
  ]);
  // https://learn.microsoft.com/windows/win32/api/winsvc/nf-winsvc-setservicestatus
  const setServiceStatus = advapi32.func('__stdcall', 'SetServiceStatus', 'int', ['void *', koffi.pointer(SERVICE_STATUS)]);

  let handle: bigint | null = null;
  let handler: ((control: number) => number) | undefined;
  const session: ServiceSession = {
    onControl(take) {
      handler = take;
    },
    report({ state, accepted, exitCode, specificExitCode, checkpoint, waitHintMs }) {
      setServiceStatus(handle, {
        dwServiceType: SERVICE_WIN32_OWN_PROCESS,
        dwCurrentState: state,
        dwControlsAccepted: accepted,
        dwWin32ExitCode: exitCode,
        dwServiceSpecificExitCode: specificExitCode,
        dwCheckPoint: checkpoint,
        dwWaitHint: waitHintMs,
      });
    },
  };
  const nativeHandler = koffi.register((control: number) => handler?.(control) ?? 0, koffi.pointer(HandlerEx));
  const nativeMain = koffi.register(() => {
    handle = registerHandler(serviceName, nativeHandler, null);
    main(session);
  }, koffi.pointer(ServiceMain));
  const table = [
    { lpServiceName: serviceName, lpServiceProc: nativeMain },
    { lpServiceName: null, lpServiceProc: null },
  ];
  try {
    return await new Promise<DispatchEnd>((resolve, reject) => {
      startDispatcher.async(table, (error: Error | null, result: number) => {
        // koffi keeps the code of the other thread for this callback.
        if (error === null) resolve({ wasService: result !== 0, code: result === 0 ? getLastError() : 0 });
        else reject(error);
      });
    });
  } finally {
    koffi.unregister(nativeMain);
    koffi.unregister(nativeHandler);
  }
}
