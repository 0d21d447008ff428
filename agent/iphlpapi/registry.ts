/** Where Windows keeps persistent routes, under HKEY_LOCAL_MACHINE. */
export const persistentRoutesPath = 'SYSTEM\\CurrentControlSet\\Services\\Tcpip\\Parameters\\PersistentRoutes';

/** The part of advapi32.dll that the agent needs for persistent routes, by name. */
export type RegistryFunction = 'RegDeleteValueW' | 'RegEnumValueW' | 'RegQueryInfoKeyW' | 'RegQueryValueExW' | 'RegSetValueExW';

/** The data of a value. */
export interface RegistryData {
  /** REG_SZ is 1. https://learn.microsoft.com/windows/win32/sysinfo/registry-value-types */
  readonly type: number;
  readonly bytes: Uint8Array;
}

/** One key of the registry of the host, as Win32 codes (0 is success; 2: there is no such key, or no such value). Opened anew for every call. */
export interface RegistryKey {
  /** FILETIME of the last change of its values. https://learn.microsoft.com/windows/win32/api/winreg/nf-winreg-regqueryinfokeyw */
  lastWriteTime(): { readonly code: number; readonly fileTime: bigint };
  /** https://learn.microsoft.com/windows/win32/api/winreg/nf-winreg-regenumvaluew */
  valueNames(): { readonly code: number; readonly names: readonly string[] };
  /** https://learn.microsoft.com/windows/win32/api/winreg/nf-winreg-regqueryvalueexw */
  getValue(name: string): { readonly code: number; readonly data: RegistryData | undefined };
  /** Makes the key as well, where it is missing. https://learn.microsoft.com/windows/win32/api/winreg/nf-winreg-regsetvalueexw */
  setValue(name: string, data: RegistryData): number;
  /** https://learn.microsoft.com/windows/win32/api/winreg/nf-winreg-regdeletevaluew */
  deleteValue(name: string): number;
}
