import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { ContractRegistry } from '../contract/contract-host.js';
import { createRegExe } from '../support/reg-exe.js';

/** The persistent routes of this host. `clear` takes out what was put in: a value that is left makes a route at the next boot. */
export function openHostRegistry(): ContractRegistry & { clear(): Promise<void> } {
  const registry = createRegExe(async (...args) => (await promisify(execFile)('reg', args)).stdout);
  const own = new Set<string>();
  return {
    names: registry.names,
    async set(name) {
      own.add(name);
      await registry.set(name);
    },
    delete: registry.delete,
    async clear() {
      for (const name of await registry.names()) if (own.has(name)) await registry.delete(name);
    },
  };
}
