import { resolve } from 'node:path';
import { FleetError } from '../fleet/fleet-error.js';
import type { Host, HostTls } from '../fleet/host.js';
import { loadInventory } from '../fleet/inventory.js';
import { inventoryCommandTimeoutMs } from '../fleet/inventory-command.js';
import type { TlsEntry } from '../fleet/inventory-schema.js';
import { createFileStore } from '../fleet/rollout/file-store.js';
import { parseOutcomeSelector } from '../fleet/rollout/outcome-selector.js';
import { stateOf } from '../fleet/rollout/run-stored.js';
import { hashHosts, type InventoryIdentity } from '../fleet/saved-plan.js';
import { selectHosts } from '../fleet/selector.js';
import { parseEndpoint } from '../transport/endpoint.js';
import type { GlobalOptions } from './options/global-options.js';
import { rolloutIdOf } from './rollout/rollout-id.js';
import { UsageError } from './usage-error.js';

/** What the choice of hosts needs to know beside the options. */
export interface TargetRules {
  /** `--inventory` stands on the command line, not only in the environment. */
  readonly inventoryIsExplicit: boolean;
  /** Several hosts of an inventory have to be chosen explicitly. */
  readonly writes: boolean;
  /** Time for a command that prints the inventory, if it is more than the usual. */
  readonly timeoutMs?: number | undefined;
  /** Aborting it ends such a command. */
  readonly signal?: AbortSignal | undefined;
}

/** The hosts of a command, and those that they were chosen from. */
export interface Targets {
  readonly hosts: readonly Host[];
  /** All that there are, chosen or not, as their inventory has them. */
  readonly known: readonly Host[];
  /** Undefined: the hosts were given by address. */
  readonly inventory?: InventoryIdentity | undefined;
}

/**
 * The hosts that a command addresses; at least one, with the TLS files of the command line in place of those of the inventory.
 *
 * @throws UsageError or FleetError
 */
export async function resolveTargets(options: GlobalOptions, rules: TargetRules): Promise<Targets> {
  const targets = await chooseHosts(options, rules);
  if (options.insecure) return targets;
  const hosts = targets.hosts.map((host) => {
    const tls = mergeTls(host, options);
    if (isComplete(tls)) return { ...host, tls };
    const missing = Object.entries({ '--tls-ca': tls.ca, '--tls-cert': tls.certificate, '--tls-key': tls.key });
    throw new UsageError(
      `no ${missing.flatMap(([option, value]) => (value === undefined ? [option] : [])).join(', ')} for ${host.address}: agents speak mutual TLS`,
      'give the three files, or --insecure for an agent in plaintext on loopback',
    );
  });
  return { ...targets, hosts };
}

/**
 * The hosts of an inventory that a command is about, which need not be reachable: without TLS where neither inventory nor command line has all
 * three files.
 *
 * @throws UsageError or FleetError
 */
export async function resolveInventory(options: GlobalOptions, rules: Omit<TargetRules, 'writes'>): Promise<Targets> {
  if (options.address !== undefined || options.inventory === undefined) {
    throw new UsageError('this command is about an inventory', 'give --inventory file (or ROUTEFLEET_INVENTORY), and no --address');
  }
  const targets = await chooseHosts(options, { ...rules, writes: false });
  const hosts = targets.hosts.map((host) => {
    const tls = mergeTls(host, options);
    return { ...host, tls: isComplete(tls) ? tls : undefined };
  });
  return { ...targets, hosts };
}

async function chooseHosts(options: GlobalOptions, rules: TargetRules): Promise<Targets> {
  const { address: addresses = [], inventory: file, host: names = [], selector: labels = [], limit, all = false } = options;
  const { inventoryIsExplicit, writes, timeoutMs = 0, signal } = rules;
  const narrowed = names.length > 0 || labels.length > 0 || limit !== undefined;
  const chosen = all || narrowed;
  if (addresses.length > 0) {
    if (chosen || inventoryIsExplicit) {
      throw new UsageError(
        '--address and --inventory, --host, --selector, --limit or --all exclude each other',
        'give addresses, or choose from an inventory',
      );
    }
    const hosts = hostsOfAddresses(addresses);
    return { hosts, known: hosts };
  }
  if (file === undefined) {
    throw new UsageError('no agent is named', 'give --address host:port, or --inventory file (or ROUTEFLEET_INVENTORY in the environment)');
  }
  // A short time for calls is none for a program that asks another system for all hosts.
  const { hosts: known } = await loadInventory(file, { commandTimeoutMs: Math.max(timeoutMs, inventoryCommandTimeoutMs), signal });
  if (all && narrowed) {
    throw new UsageError('--all and --host, --selector or --limit exclude each other', 'leave --all out to narrow the choice');
  }
  if (writes && known.length > 1 && !chosen) {
    throw new UsageError(
      `the inventory has ${known.length} hosts, and none is chosen to be written to`,
      'choose with --host, --selector or --limit, or give --all',
    );
  }
  const limited = limit === undefined ? known : await limitHosts(known, limit, options.rolloutsDir);
  return { hosts: selectHosts(limited, { names, labels }), known, inventory: { path: resolve(file), sha256: hashHosts(known) } };
}

/** @throws FleetError NO_MATCH, and for a rollout that cannot be found or read */
async function limitHosts(known: readonly Host[], limit: string, rolloutsDir: string): Promise<readonly Host[]> {
  const selector = parseOutcomeSelector(limit);
  const store = createFileStore(rolloutsDir);
  const id = await rolloutIdOf(store, selector.rollout);
  const { spec, events } = await store.read(id);
  const names = new Set(selector.select(stateOf(spec, events)));
  const hosts = known.filter(({ name }) => names.has(name));
  if (hosts.length > 0) return hosts;
  const what = names.size === 0 ? `no host of rollout ${id} is "${limit}"` : `no host that is "${limit}" is in this inventory`;
  throw new FleetError('NO_MATCH', what, `see what became of its hosts: routefleet rollout show ${id}`);
}

function hostsOfAddresses(addresses: readonly string[]): readonly Host[] {
  const unique = new Set(addresses.map((address) => parseEndpoint(address).address));
  return [...unique].map((address) => ({ name: address, address, groups: [], labels: {} }));
}

function mergeTls({ tls }: Host, { tlsCa, tlsCert, tlsKey, tlsServerName }: GlobalOptions): TlsEntry {
  return {
    ca: tlsCa ?? tls?.ca,
    certificate: tlsCert ?? tls?.certificate,
    key: tlsKey ?? tls?.key,
    serverName: tlsServerName ?? tls?.serverName,
  };
}

function isComplete(tls: TlsEntry): tls is HostTls {
  return tls.ca !== undefined && tls.certificate !== undefined && tls.key !== undefined;
}
