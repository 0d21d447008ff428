import { dirname } from 'node:path';
import type { Host } from './host.js';
import { inventorySchema } from './inventory-schema.js';
import { resolveHosts } from './resolve-hosts.js';
import { problemsOf } from './schema-problems.js';
import { type FileKind, loadDocument } from './yaml-document.js';

const kind: FileKind = { noun: 'inventory', unreadable: 'INVENTORY_UNREADABLE', invalid: 'INVENTORY_INVALID' };

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
 *   tls: { ca: ca.pem, certificate: controller.pem, key: controller-key.pem }
 * groups:
 *   web: { labels: { role: web } }
 * hosts:
 *   web1: { address: 10.0.0.1, groups: [web], labels: { site: ams } }
 *   web2: { address: "10.0.0.2:7421", groups: [web] }
 * @throws FleetError INVENTORY_UNREADABLE or INVENTORY_INVALID
 */
export async function loadInventory(file: string): Promise<Inventory> {
  const document = await loadDocument(file, kind);
  const parsed = inventorySchema.safeParse(document.content ?? {});
  if (!parsed.success) {
    throw document.error(
      problemsOf(parsed.error, document.content ?? {}),
      'an inventory has defaults (port, tls), groups (labels, port, tls, hosts) and hosts (address, port, groups, labels, tls)',
    );
  }
  const hosts = resolveHosts(parsed.data, dirname(file), document);
  if (hosts.length === 0)
    throw document.error([{ path: ['hosts'], message: 'the inventory has no hosts' }], 'add at least one host under "hosts"');
  return { file, hosts };
}
