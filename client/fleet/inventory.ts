import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FleetError } from './fleet-error.js';
import type { Host } from './host.js';
import { readDocument } from './inventory-document.js';
import { problemsOf } from './inventory-problems.js';
import { inventorySchema } from './inventory-schema.js';
import { resolveHosts } from './resolve-hosts.js';

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
  return parseInventory(await readText(file), file);
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    const { code = 'unknown error' } = cause as NodeJS.ErrnoException;
    throw new FleetError(
      'INVENTORY_UNREADABLE',
      `the inventory "${file}" cannot be read (${code})`,
      'check the path and that this user may read the file',
      cause,
    );
  }
}

/**
 * Reads the text of an inventory.
 *
 * @throws FleetError INVENTORY_INVALID with file, line and column of every problem
 */
function parseInventory(text: string, file: string): Inventory {
  const document = readDocument(text, file);
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
