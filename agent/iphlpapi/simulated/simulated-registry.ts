import { persistentRoutesPath, type RegistryData, type RegistryKey } from '../registry.js';
import { Win32 } from '../win32-error.js';

/** What "route -p add" and regedit do to the persistent routes of a simulated host. */
export interface RegistryControl {
  /** Values as they are now, by name; data as hexadecimal. */
  values(): ReadonlyMap<string, { readonly type: number; readonly data: string }>;
  /** Default: as "route -p add" writes it, REG_SZ with an empty text. */
  set(name: string, data?: RegistryData): void;
  delete(name: string): void;
  /** Every call of a function answers so from now on; undefined ends it. */
  fail(functionName: keyof RegistryKey, code: number | undefined): void;
}

const emptyText: RegistryData = { type: 1, bytes: new Uint8Array(2) };
/** FILETIME of the Unix epoch, and its units of one ms. */
const [epoch, perMs] = [116_444_736_000_000_000n, 10_000n];

/** The key PersistentRoutes in memory. Whoever is not elevated may read. */
export function simulateRegistry(
  names: readonly string[],
  isElevated: () => boolean,
  nowMs: () => number,
): { readonly key: RegistryKey; readonly control: RegistryControl } {
  const values = new Map(names.map((name) => [name, emptyText]));
  const faults = new Map<keyof RegistryKey, number>();
  let fileTime = epoch;
  const write = (change: () => void): void => {
    change();
    fileTime = BigInt(Math.floor(nowMs())) * perMs + epoch;
  };
  const refusal = (functionName: keyof RegistryKey, writes: boolean): number =>
    faults.get(functionName) ?? (writes && !isElevated() ? Win32.ERROR_ACCESS_DENIED : 0);

  const key: RegistryKey = {
    lastWriteTime: () => ({ code: refusal('lastWriteTime', false), fileTime }),
    valueNames: () => ({ code: refusal('valueNames', false), names: [...values.keys()] }),
    getValue(name) {
      const data = values.get(name);
      return { code: refusal('getValue', false) || (data === undefined ? Win32.ERROR_FILE_NOT_FOUND : 0), data };
    },
    setValue(name, { type, bytes }) {
      const code = refusal('setValue', true);
      if (code === 0) write(() => values.set(name, { type, bytes: bytes.slice() }));
      return code;
    },
    deleteValue(name) {
      const code = refusal('deleteValue', true);
      if (code !== 0) return code;
      if (!values.has(name)) return Win32.ERROR_FILE_NOT_FOUND;
      write(() => values.delete(name));
      return 0;
    },
  };
  return {
    key,
    control: {
      values: () => new Map([...values].map(([name, { type, bytes }]) => [name, { type, data: Buffer.from(bytes).toString('hex') }])),
      set: (name, data = emptyText) => write(() => values.set(name, data)),
      delete(name) {
        if (!values.has(name)) throw new Error(`${persistentRoutesPath} has no value "${name}"`);
        write(() => values.delete(name));
      },
      fail(functionName, code) {
        if (code === undefined) faults.delete(functionName);
        else faults.set(functionName, code);
      },
    },
  };
}
