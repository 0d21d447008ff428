import { resolve } from 'node:path';
import type { Host } from '../fleet/host.js';
import { loadInventory } from '../fleet/inventory.js';
import { hashHosts, type InventoryIdentity } from '../fleet/saved-plan.js';
import type { GlobalOptions } from './options/global-options.js';

/** All hosts that there are, chosen or not. */
export interface KnownHosts {
  readonly hosts: readonly Host[];
  /** Undefined: the hosts were given by address. */
  readonly inventory?: InventoryIdentity | undefined;
}

/**
 * The hosts from which those of a command were chosen.
 *
 * @param chosen - what `prepareRun` took
 * @param signal - ends a command that prints the inventory
 * @throws FleetError
 */
export async function knownHosts(
  { address, inventory: file }: GlobalOptions,
  chosen: readonly Host[],
  signal: AbortSignal,
): Promise<KnownHosts> {
  if (address !== undefined || file === undefined) return { hosts: chosen };
  const { hosts } = await loadInventory(file, { signal });
  return { hosts, inventory: { path: resolve(file), sha256: hashHosts(hosts) } };
}
