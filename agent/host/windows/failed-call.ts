import koffi from 'koffi';
import { createSystem } from '../../iphlpapi/system.js';
import { WindowsError } from './windows-error.js';

/** Makes errors of what functions of Windows return. */
export interface FailedCalls {
  /** @param code - default: that of GetLastError, which koffi keeps for this thread from one call to the next */
  failure(called: string, code?: number): WindowsError;
  /** For functions that return 0 when they fail, and leave the code to GetLastError. @throws WindowsError */
  check(called: string, result: unknown): void;
}

/** With the texts that Windows has for its codes. */
export function createFailedCalls(): FailedCalls {
  // https://learn.microsoft.com/windows/win32/api/errhandlingapi/nf-errhandlingapi-getlasterror
  const getLastError = koffi.load('kernel32.dll').func('__stdcall', 'GetLastError', 'uint32', []);
  const { formatMessage } = createSystem();
  const failure = (called: string, code: number = getLastError()): WindowsError => new WindowsError(called, code, formatMessage(code));
  return {
    failure,
    check(called, result) {
      if (result === 0) throw failure(called);
    },
  };
}
