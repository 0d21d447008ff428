import koffi, { type TypeObject } from 'koffi';

/**
 * Structures and callbacks of services. `unsigned long` of Windows has 32 bits, whatever the system that loads this file.
 * https://learn.microsoft.com/windows/win32/api/winsvc/
 */
export const SERVICE_STATUS: TypeObject = koffi.struct({
  dwServiceType: 'uint32',
  dwCurrentState: 'uint32',
  dwControlsAccepted: 'uint32',
  dwWin32ExitCode: 'uint32',
  dwServiceSpecificExitCode: 'uint32',
  dwCheckPoint: 'uint32',
  dwWaitHint: 'uint32',
});

export const SERVICE_STATUS_PROCESS: TypeObject = koffi.struct({
  dwServiceType: 'uint32',
  dwCurrentState: 'uint32',
  dwControlsAccepted: 'uint32',
  dwWin32ExitCode: 'uint32',
  dwServiceSpecificExitCode: 'uint32',
  dwCheckPoint: 'uint32',
  dwWaitHint: 'uint32',
  dwProcessId: 'uint32',
  dwServiceFlags: 'uint32',
});

/** https://learn.microsoft.com/windows/win32/api/winsvc/nc-winsvc-lpservice_main_functionw */
export const ServiceMain: TypeObject = koffi.proto('__stdcall', null, 'void', ['uint32', 'void *']);

/** https://learn.microsoft.com/windows/win32/api/winsvc/nc-winsvc-lphandler_function_ex */
export const HandlerEx: TypeObject = koffi.proto('__stdcall', null, 'uint32', ['uint32', 'uint32', 'void *', 'void *']);

export const SERVICE_TABLE_ENTRYW: TypeObject = koffi.struct({
  lpServiceName: 'str16',
  lpServiceProc: koffi.pointer(ServiceMain),
});

export const SERVICE_DESCRIPTIONW: TypeObject = koffi.struct({ lpDescription: 'str16' });

export const SC_ACTION: TypeObject = koffi.struct({ Type: 'int32', Delay: 'uint32' });

export const SERVICE_FAILURE_ACTIONSW: TypeObject = koffi.struct({
  dwResetPeriod: 'uint32',
  lpRebootMsg: 'str16',
  lpCommand: 'str16',
  cActions: 'uint32',
  lpsaActions: koffi.pointer(SC_ACTION),
});

export const SERVICE_DELAYED_AUTO_START_INFO: TypeObject = koffi.struct({ fDelayedAutostart: 'int32' });

export const SERVICE_FAILURE_ACTIONS_FLAG: TypeObject = koffi.struct({
  fFailureActionsOnNonCrashFailures: 'int32',
});

export const SERVICE_SID_INFO: TypeObject = koffi.struct({ dwServiceSidType: 'uint32' });

export const SERVICE_PRESHUTDOWN_INFO: TypeObject = koffi.struct({ dwPreshutdownTimeout: 'uint32' });

/** https://learn.microsoft.com/windows/win32/api/wtypesbase/ns-wtypesbase-security_attributes */
export const SECURITY_ATTRIBUTES: TypeObject = koffi.struct({
  nLength: 'uint32',
  lpSecurityDescriptor: 'void *',
  bInheritHandle: 'int32',
});
