import { persistentRoutesPath } from '../../agent/iphlpapi/registry.js';
import type { ContractRegistry } from '../contract/contract-host.js';

const path = `HKLM\\${persistentRoutesPath}`;

/** A value as "reg query" shows it. */
export interface ShownValue {
  readonly name: string;
  /** "REG_SZ" */
  readonly type: string;
  readonly data: string;
}

/** The persistent routes of a Windows, as reg.exe sees and changes them. */
export interface RegExe extends ContractRegistry {
  values(): Promise<readonly ShownValue[]>;
  set(name: string, type?: string, data?: string): Promise<void>;
}

/** @param reg - runs reg.exe and returns what it prints; rejects when it fails */
export function createRegExe(reg: (...args: readonly string[]) => Promise<string>): RegExe {
  const values = async (): Promise<ShownValue[]> => {
    // Fails while there is no such key.
    const shown = await reg('query', path).catch(() => '');
    return [...shown.matchAll(/^ {4}(\S+) +(REG_\w+)(?: +(\S.*?))?\s*$/gm)].map(([, name = '', type = '', data = '']) => ({
      name,
      type,
      data,
    }));
  };
  return {
    values,
    names: async () => (await values()).map(({ name }) => name),
    async set(name, type = 'REG_SZ', data = '') {
      await reg('add', path, '/v', name, '/t', type, '/d', data, '/f');
    },
    async delete(name) {
      await reg('delete', path, '/v', name, '/f');
    },
  };
}
