import { dirname } from 'node:path';
import type { Host } from './host.js';
import { type InventoryOptions, loadInventoryDocument } from './inventory-document.js';
import { inventorySchema } from './inventory-schema.js';
import { resolveHosts } from './resolve-hosts.js';
import { problemsOf } from './schema-problems.js';

/** The hosts of a fleet. */
export interface Inventory {
  /** Path of the file, for messages. */
  readonly file: string;
  /** In the order of the file; at least one. */
  readonly hosts: readonly Host[];
}

/**
 * Reads an inventory file. Paths in it are relative to the file.
 *
 * @example
 * defaults:
 *   timeout: 10s
 *   tls: { ca: ca.pem, certificate: controller.pem, key: controller-key.pem }
 * groups:
 *   web: { labels: { role: web } }
 * hosts:
 *   web1: { address: 10.0.0.1, groups: [web], labels: { site: ams } }
 *   web2: { address: "10.0.0.2:7421", groups: [web] }
 * @example
 * # The whole, or the hosts alone, as a command prints them (JSON or YAML):
 * hosts: !exec [python3, inventory.py, --site, ams]
 * @throws FleetError INVENTORY_UNREADABLE or INVENTORY_INVALID
 */
export async function loadInventory(file: string, options: InventoryOptions = {}): Promise<Inventory> {
  const document = await loadInventoryDocument(file, options);
  const parsed = inventorySchema.safeParse(document.content ?? {});
  if (!parsed.success) {
    throw document.error(
      problemsOf(parsed.error, document.content ?? {}),
      'an inventory has defaults (port, timeout, tls), groups (labels, port, timeout, tls, hosts) and hosts (address, port, timeout, groups, labels, tls)',
    );
  }
  const hosts = resolveHosts(parsed.data, dirname(file), document);
  if (hosts.length === 0)
    throw document.error([{ path: ['hosts'], message: 'the inventory has no hosts' }], 'add at least one host under "hosts"');
  return { file, hosts };
}
