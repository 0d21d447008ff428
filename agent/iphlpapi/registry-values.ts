import { RouteTableError } from '../routes/errors.js';
import type { RouteKey } from '../routes/route.js';
import { type RegistryValue, type RouteRegistry, sameValue } from '../routes/route-registry.js';
import type { Iphlpapi } from './iphlpapi.js';
import type { PersistentRoute } from './persistent-route.js';
import type { RegistryKey } from './registry.js';
import { type RegistryReader, registryFailure } from './registry-reader.js';
import { Win32 } from './win32-error.js';

/** Values of PersistentRoutes, written and read back. `routesFor` finds those that bring a row back. */
export function createRouteRegistry(
  iphlpapi: Iphlpapi,
  key: RegistryKey,
  reader: RegistryReader,
  routesFor: (key: RouteKey) => Promise<readonly PersistentRoute[]>,
): RouteRegistry {
  const find = (name: string): RegistryValue | undefined => {
    const { code, data } = key.getValue(name);
    if (code === Win32.ERROR_FILE_NOT_FOUND) return undefined;
    if (data === undefined) throw registryFailure(iphlpapi, 'RegQueryValueExW', code, subject(name));
    return { name, type: data.type, data: Buffer.from(data.bytes).toString('hex') };
  };
  return {
    valuesOf: async (wanted) => (await routesFor(wanted)).flatMap(({ name }) => find(name) ?? []),
    find: async (name) => find(name),

    async remove(name) {
      const code = key.deleteValue(name);
      reader.changed();
      if (code !== 0 && code !== Win32.ERROR_FILE_NOT_FOUND) throw registryFailure(iphlpapi, 'RegDeleteValueW', code, subject(name));
      if (find(name) !== undefined) throw unverified('RegDeleteValueW', `${subject(name)} is still there`);
    },

    async write(value) {
      const code = key.setValue(value.name, { type: value.type, bytes: Buffer.from(value.data, 'hex') });
      reader.changed();
      if (code !== 0) throw registryFailure(iphlpapi, 'RegSetValueExW', code, subject(value.name));
      const found = find(value.name);
      if (found === undefined || !sameValue(found, value)) {
        throw unverified('RegSetValueExW', `${subject(value.name)} is ${found === undefined ? 'not there' : 'there with other data'}`);
      }
    },
  };
}

function subject(name: string): string {
  return `the persistent route ${JSON.stringify(name)} of the registry`;
}

/** The same as for rows: a success that left no trace is worse than an error. */
function unverified(called: string, finding: string): RouteTableError {
  return new RouteTableError('UNVERIFIED_WRITE', `${called} reported success, but ${finding}`, {
    remedy: 'look at the key on the host; another program may have changed it',
    facts: { function: called },
  });
}
