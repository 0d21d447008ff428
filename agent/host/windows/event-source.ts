import koffi from 'koffi';
import { createFailedCalls } from './failed-call.js';
import { serviceName } from './service-settings.js';

/** Makes the texts of events readable in the Event Viewer. */
export interface EventSource {
  /** @throws WindowsError */
  register(): void;
  /** Also when it is not registered. @throws WindowsError */
  remove(): void;
}

const HKEY_LOCAL_MACHINE = 0x8000_0002n;
const KEY_SET_VALUE = 0x2;
const REG_EXPAND_SZ = 2;
const REG_DWORD = 4;
const ERROR_FILE_NOT_FOUND = 2;
/** EVENTLOG_ERROR_TYPE | EVENTLOG_WARNING_TYPE | EVENTLOG_INFORMATION_TYPE */
const typesSupported = 7;
const key = `SYSTEM\\CurrentControlSet\\Services\\EventLog\\Application\\${serviceName}`;
/** It comes with Windows, and its messages 1 to 1000 are "%1": the whole text. So the agent needs no message file of its own. */
const messageFile = '%SystemRoot%\\System32\\EventCreate.exe';

/** The source in the registry. https://learn.microsoft.com/windows/win32/eventlog/event-sources */
export function createEventSource(): EventSource {
  const advapi32 = koffi.load('advapi32.dll');
  // https://learn.microsoft.com/windows/win32/api/winreg/nf-winreg-regcreatekeyexw
  const regCreateKeyEx = advapi32.func('__stdcall', 'RegCreateKeyExW', 'int32', [
    ...['void *', 'str16', 'uint32', 'str16', 'uint32', 'uint32', 'void *', 'void *', 'void *'],
  ]);
  // https://learn.microsoft.com/windows/win32/api/winreg/nf-winreg-regsetvalueexw
  const regSetValueEx = advapi32.func('__stdcall', 'RegSetValueExW', 'int32', ['void *', 'str16', 'uint32', 'uint32', 'void *', 'uint32']);
  // https://learn.microsoft.com/windows/win32/api/winreg/nf-winreg-regclosekey
  const regCloseKey = advapi32.func('__stdcall', 'RegCloseKey', 'int32', ['void *']);
  // https://learn.microsoft.com/windows/win32/api/winreg/nf-winreg-regdeletekeyw
  const regDeleteKey = advapi32.func('__stdcall', 'RegDeleteKeyW', 'int32', ['void *', 'str16']);
  const { failure } = createFailedCalls();
  /** Functions of the registry return the code itself. */
  const check = (called: string, code: number): void => {
    if (code !== 0) throw failure(called, code);
  };
  return {
    register() {
      const handle = new BigUint64Array(1);
      check('RegCreateKeyExW', regCreateKeyEx(HKEY_LOCAL_MACHINE, key, 0, null, 0, KEY_SET_VALUE, null, handle, null));
      const set = (name: string, type: number, data: Uint8Array): void =>
        check('RegSetValueExW', regSetValueEx(handle[0], name, 0, type, data, data.byteLength));
      try {
        set('EventMessageFile', REG_EXPAND_SZ, Buffer.from(`${messageFile}\0`, 'utf16le'));
        set('TypesSupported', REG_DWORD, new Uint8Array(Uint32Array.of(typesSupported).buffer));
      } finally {
        regCloseKey(handle[0]);
      }
    },
    remove() {
      const code: number = regDeleteKey(HKEY_LOCAL_MACHINE, key);
      if (code !== ERROR_FILE_NOT_FOUND) check('RegDeleteKeyW', code);
    },
  };
}
