import type { Host, HostTls } from '../fleet/host.js';
import { loadInventory } from '../fleet/inventory.js';
import { selectHosts } from '../fleet/selector.js';
import { parseEndpoint } from '../transport/endpoint.js';
import type { GlobalOptions } from './options/global-options.js';
import { UsageError } from './usage-error.js';

/** What the choice of hosts needs to know beside the options. */
export interface TargetRules {
  /** `--inventory` stands on the command line, not only in the environment. */
  readonly inventoryIsExplicit: boolean;
  /** Several hosts of an inventory have to be chosen explicitly. */
  readonly writes: boolean;
}

/**
 * The hosts that a command addresses; at least one, with the TLS files of the command line in place of those of the inventory.
 *
 * @throws UsageError or FleetError
 */
export async function resolveTargets(options: GlobalOptions, rules: TargetRules): Promise<readonly Host[]> {
  const hosts = await chooseHosts(options, rules);
  if (options.insecure) return hosts;
  return hosts.map((host) => ({ ...host, tls: mergeTls(host, options) }));
}

async function chooseHosts(options: GlobalOptions, { inventoryIsExplicit, writes }: TargetRules): Promise<readonly Host[]> {
  const { address: addresses = [], inventory: file, host: names = [], selector: labels = [], all = false } = options;
  const chosen = all || names.length > 0 || labels.length > 0;
  if (addresses.length > 0) {
    if (chosen || inventoryIsExplicit) {
      throw new UsageError(
        '--address and --inventory, --host, --selector or --all exclude each other',
        'give addresses, or choose from an inventory',
      );
    }
    return hostsOfAddresses(addresses);
  }
  if (file === undefined) {
    throw new UsageError('no agent is named', 'give --address host:port, or --inventory file (or ROUTEFLEET_INVENTORY in the environment)');
  }
  const { hosts } = await loadInventory(file);
  if (all && (names.length > 0 || labels.length > 0)) {
    throw new UsageError('--all and --host or --selector exclude each other', 'leave --all out to narrow the choice');
  }
  if (writes && hosts.length > 1 && !chosen) {
    throw new UsageError(
      `the inventory has ${hosts.length} hosts, and none is chosen to be written to`,
      'choose with --host or --selector, or give --all',
    );
  }
  return selectHosts(hosts, { names, labels });
}

function hostsOfAddresses(addresses: readonly string[]): readonly Host[] {
  const unique = new Set(addresses.map((address) => parseEndpoint(address).address));
  return [...unique].map((address) => ({ name: address, address, groups: [], labels: {} }));
}

function mergeTls({ address, tls }: Host, { tlsCa, tlsCert, tlsKey, tlsServerName }: GlobalOptions): HostTls {
  const ca = tlsCa ?? tls?.ca;
  const certificate = tlsCert ?? tls?.certificate;
  const key = tlsKey ?? tls?.key;
  if (ca !== undefined && certificate !== undefined && key !== undefined) {
    return { ca, certificate, key, serverName: tlsServerName ?? tls?.serverName };
  }
  const given = { '--tls-ca': ca, '--tls-cert': certificate, '--tls-key': key };
  const missing = Object.entries(given).flatMap(([option, value]) => (value === undefined ? [option] : []));
  throw new UsageError(
    `no ${missing.join(', ')} for ${address}: agents speak mutual TLS`,
    'give the three files, or --insecure for an agent in plaintext on loopback',
  );
}
