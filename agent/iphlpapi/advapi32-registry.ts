import koffi from 'koffi';
import { persistentRoutesPath, type RegistryKey } from './registry.js';
import { Win32 } from './win32-error.js';

/** A predefined handle, with the sign that it has on 64 bits. https://learn.microsoft.com/windows/win32/sysinfo/predefined-keys */
const HKEY_LOCAL_MACHINE = -0x7fff_fffe;
/** https://learn.microsoft.com/windows/win32/sysinfo/registry-key-security-and-access-rights */
const KEY_QUERY_VALUE = 0x0001;
const KEY_SET_VALUE = 0x0002;
/** The registry of 64-bit Windows, whatever the bits of this process. */
const KEY_WOW64_64KEY = 0x0100;
/** UTF-16 units of the longest name of a value with its end. https://learn.microsoft.com/windows/win32/sysinfo/registry-element-size-limits */
const maxNameUnits = 16_384;

/** The persistent routes in the registry of Windows, by advapi32.dll. */
export function openPersistentRoutes(): RegistryKey {
  const library = koffi.load('advapi32.dll');
  const native = (name: string, ...types: string[]) => library.func('__stdcall', name, 'int32', types);
  // https://learn.microsoft.com/windows/win32/api/winreg/nf-winreg-regopenkeyexw
  const openKey = native('RegOpenKeyExW', 'intptr_t', 'str16', 'uint32', 'uint32', 'void *');
  // https://learn.microsoft.com/windows/win32/api/winreg/nf-winreg-regcreatekeyexw
  const createKey = native(
    'RegCreateKeyExW',
    ...['intptr_t', 'str16', 'uint32', 'void *', 'uint32', 'uint32', 'void *', 'void *', 'void *'],
  );
  // https://learn.microsoft.com/windows/win32/api/winreg/nf-winreg-regclosekey
  const closeKey = native('RegCloseKey', 'intptr_t');
  const queryInfo = native('RegQueryInfoKeyW', 'intptr_t', ...Array.from({ length: 11 }, () => 'void *'));
  const enumValue = native('RegEnumValueW', 'intptr_t', 'uint32', ...Array.from({ length: 6 }, () => 'void *'));
  const queryValue = native('RegQueryValueExW', 'intptr_t', 'str16', 'void *', 'void *', 'void *', 'void *');
  const setValue = native('RegSetValueExW', 'intptr_t', 'str16', 'uint32', 'uint32', 'void *', 'uint32');
  const deleteValue = native('RegDeleteValueW', 'intptr_t', 'str16');

  /** Runs something with the key, if it can be had; else only the code is told. */
  const within = <Result extends { readonly code: number }>(
    open: (handle: BigInt64Array) => number,
    failed: (code: number) => Result,
    run: (key: bigint) => Result,
  ): Result => {
    const handle = new BigInt64Array(1);
    const code = open(handle);
    const key = handle[0] ?? 0n;
    if (code !== 0) return failed(code);
    try {
      return run(key);
    } finally {
      closeKey(key);
    }
  };
  const opened =
    (access: number) =>
    (handle: BigInt64Array): number =>
      openKey(HKEY_LOCAL_MACHINE, persistentRoutesPath, 0, access | KEY_WOW64_64KEY, handle);
  const created = (handle: BigInt64Array): number =>
    createKey(HKEY_LOCAL_MACHINE, persistentRoutesPath, 0, null, 0, KEY_SET_VALUE | KEY_WOW64_64KEY, null, handle, null);
  const onlyCode = (code: number): { readonly code: number } => ({ code });

  return {
    lastWriteTime: () =>
      within(
        opened(KEY_QUERY_VALUE),
        (code) => ({ code, fileTime: 0n }),
        (key) => {
          const fileTime = new BigUint64Array(1);
          const code: number = queryInfo(key, ...Array.from({ length: 10 }, () => null), fileTime);
          return { code, fileTime: fileTime[0] ?? 0n };
        },
      ),

    valueNames: () =>
      within(
        opened(KEY_QUERY_VALUE),
        (code) => ({ code, names: [] }),
        (key) => {
          const names: string[] = [];
          const name = Buffer.alloc(maxNameUnits * 2);
          const units = new Uint32Array(1);
          for (;;) {
            units[0] = maxNameUnits;
            const code: number = enumValue(key, names.length, name, units, null, null, null, null);
            if (code !== 0) return { code: code === Win32.ERROR_NO_MORE_ITEMS ? 0 : code, names };
            names.push(name.toString('utf16le', 0, 2 * (units[0] ?? 0)));
          }
        },
      ),

    getValue: (name) =>
      within(
        opened(KEY_QUERY_VALUE),
        (code) => ({ code, data: undefined }),
        (key) => {
          const type = new Uint32Array(1);
          const size = new Uint32Array(1);
          let bytes = new Uint8Array(0);
          for (;;) {
            const code: number = queryValue(key, name, null, type, bytes.length === 0 ? null : bytes, size);
            const needed = size[0] ?? 0;
            if (code !== 0 && code !== Win32.ERROR_MORE_DATA) return { code, data: undefined };
            // Without a buffer the function tells the size, and succeeds.
            if (code === 0 && needed <= bytes.length) return { code, data: { type: type[0] ?? 0, bytes: bytes.slice(0, needed) } };
            bytes = new Uint8Array(needed);
          }
        },
      ),

    setValue: (name, { type, bytes }) =>
      within(created, onlyCode, (key) => ({ code: setValue(key, name, 0, type, bytes.length === 0 ? null : bytes, bytes.length) })).code,

    deleteValue: (name) => within(opened(KEY_SET_VALUE), onlyCode, (key) => ({ code: deleteValue(key, name) })).code,
  };
}
