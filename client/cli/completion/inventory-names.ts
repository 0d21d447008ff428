import { homedir } from 'node:os';
import { loadInventory } from '../../fleet/inventory.js';
import type { InventoryNames } from './option-values.js';

/** Whoever presses Tab waits no longer for a command that prints the inventory. */
const commandTimeoutMs = 2_000;

/**
 * Names of the hosts and labels of an inventory.
 *
 * @throws FleetError
 */
export async function loadInventoryNames(file: string): Promise<InventoryNames> {
  // A shell that completes has not put the home directory in yet.
  const { hosts } = await loadInventory(file.replace(/^~(?=[/\\])/, homedir()), { commandTimeoutMs });
  return {
    hosts: hosts.map(({ name, address }) => ({ word: name, description: address })),
    labels: [...new Set(hosts.flatMap(({ labels }) => Object.entries(labels).map(([name, value]) => `${name}=${value}`)))].sort(),
  };
}
