import { RouteTableError } from '../routes/errors.js';
import { type RegistryValue, type RouteRegistry, sameValue } from '../routes/route-registry.js';
import type { RouteTable } from '../routes/route-table.js';
import type { CommitStep } from './commit.js';
import type { Failure } from './failure.js';

/** What takes a value out of the registry. */
export const registryDeletedBy = 'RegDeleteValueW';

type RegistryHost = Pick<RouteTable, 'registry'>;

/** @throws RouteTableError NOT_SUPPORTED on a host without a registry */
export function requireRegistry({ registry }: RegistryHost): RouteRegistry {
  if (registry !== undefined) return registry;
  throw new RouteTableError('NOT_SUPPORTED', 'also_registry: this host has no registry', {
    remedy: 'leave also_registry out; capabilities.registry of GetAgent says where it is taken',
  });
}

/** Before a step writes anything: values that somebody else changed after they were planned are not taken away. Those that are gone are gone. */
export async function checkValues(host: RegistryHost, { registryValues }: CommitStep): Promise<void> {
  for (const value of registryValues) {
    const found = await requireRegistry(host).find(value.name);
    if (found === undefined || sameValue(found, value)) continue;
    const { reason, message, remedy } = foreignValue(value);
    throw new RouteTableError(reason, message, { remedy });
  }
}

/** Takes the values of a step out of the registry: after its row, so that a failure here finds everything in the table done, and undone. */
export async function removeValues(host: RegistryHost, { registryValues }: CommitStep): Promise<void> {
  for (const { name } of registryValues) await requireRegistry(host).remove(name);
}

/** What became of values that were to be put back. */
export interface RestoredValues {
  /** One that was left as it is, since somebody else wrote it meanwhile. */
  readonly left: Failure | undefined;
  /** Why one could not be put back; to be tried again. */
  readonly error: unknown;
}

/** Puts the values of a step back as they were. Each is compared before it is touched: doing it twice, or for nothing, changes nothing. */
export async function restoreValues(host: RegistryHost, { registryValues }: CommitStep): Promise<RestoredValues> {
  let left: Failure | undefined;
  let error: unknown;
  for (const value of registryValues) {
    try {
      const found = await requireRegistry(host).find(value.name);
      if (found === undefined) await requireRegistry(host).write(value);
      else if (!sameValue(found, value)) left ??= foreignValue(value);
    } catch (thrown) {
      error ??= thrown;
    }
  }
  return { left, error };
}

function foreignValue({ name }: RegistryValue): Failure {
  return {
    reason: 'FOREIGN_CHANGE',
    message: `something else changed the persistent route "${name}" of the registry, and it was left so`,
    remedy: 'look at the key PersistentRoutes on the host and decide',
  };
}
