/** The Win32 codes that the functions the agent calls are documented to return. https://learn.microsoft.com/windows/win32/debug/system-error-codes */
export const Win32 = {
  NO_ERROR: 0,
  ERROR_FILE_NOT_FOUND: 2,
  ERROR_ACCESS_DENIED: 5,
  ERROR_INVALID_HANDLE: 6,
  ERROR_NOT_ENOUGH_MEMORY: 8,
  ERROR_NOT_SUPPORTED: 50,
  ERROR_BAD_NET_NAME: 67,
  ERROR_INVALID_PARAMETER: 87,
  ERROR_INSUFFICIENT_BUFFER: 122,
  ERROR_PROC_NOT_FOUND: 127,
  ERROR_BAD_ARGUMENTS: 160,
  ERROR_NO_DATA: 232,
  ERROR_MORE_DATA: 234,
  ERROR_NO_MORE_ITEMS: 259,
  ERROR_NOT_FOUND: 1168,
  ERROR_NETWORK_UNREACHABLE: 1231,
  ERROR_HOST_UNREACHABLE: 1232,
  ERROR_OBJECT_ALREADY_EXISTS: 5010,
} as const;

const names = new Map<number, string>(Object.entries(Win32).map(([name, code]) => [code, name]));

/** "ERROR_NOT_FOUND", or "WIN32_12345" for a code that no iphlpapi function is documented to return. */
export function win32Name(code: number): string {
  return names.get(code) ?? `WIN32_${code}`;
}

/** Whether a function is not there (127), or is there and does nothing (50). */
export function isMissing(code: number): boolean {
  return code === Win32.ERROR_PROC_NOT_FOUND || code === Win32.ERROR_NOT_SUPPORTED;
}
