import { Win32 } from '../win32-error.js';

const messages: ReadonlyMap<number, string> = new Map([
  [Win32.NO_ERROR, 'The operation completed successfully.'],
  [Win32.ERROR_FILE_NOT_FOUND, 'The system cannot find the file specified.'],
  [Win32.ERROR_ACCESS_DENIED, 'Access is denied.'],
  [Win32.ERROR_INVALID_HANDLE, 'The handle is invalid.'],
  [Win32.ERROR_NOT_ENOUGH_MEMORY, 'Not enough memory resources are available to process this command.'],
  [Win32.ERROR_NOT_SUPPORTED, 'The request is not supported.'],
  [Win32.ERROR_BAD_NET_NAME, 'The network name cannot be found.'],
  [Win32.ERROR_INVALID_PARAMETER, 'The parameter is incorrect.'],
  [Win32.ERROR_INSUFFICIENT_BUFFER, 'The data area passed to a system call is too small.'],
  [Win32.ERROR_PROC_NOT_FOUND, 'The specified procedure could not be found.'],
  [Win32.ERROR_BAD_ARGUMENTS, 'One or more arguments are not correct.'],
  [Win32.ERROR_NO_DATA, 'The pipe is being closed.'],
  [Win32.ERROR_NOT_FOUND, 'Element not found.'],
  [
    Win32.ERROR_NETWORK_UNREACHABLE,
    'The network location cannot be reached. For information about network troubleshooting, see Windows Help.',
  ],
  [
    Win32.ERROR_HOST_UNREACHABLE,
    'The network location cannot be reached. For information about network troubleshooting, see Windows Help.',
  ],
  [Win32.ERROR_OBJECT_ALREADY_EXISTS, 'The object already exists.'],
]);

/** The English text that FormatMessage has for a code. https://learn.microsoft.com/windows/win32/debug/system-error-codes */
export function systemMessage(code: number): string | undefined {
  return messages.get(code);
}
