import { isIPv6 } from 'node:net';
import { resolve } from 'node:path';
import { formatAddress, parseAddress } from '../../proto/address.js';
import { RouteError } from '../errors/route-error.js';
import { defaultPort, parseEndpoint } from '../transport/endpoint.js';
import type { Host, HostTls } from './host.js';
import type { HostEntry, InventoryFile, TlsEntry } from './inventory-schema.js';
import type { Path, Problem, YamlDocument } from './yaml-document.js';

/** A mistake that only shows when the parts of the file are put together. */
class ResolveProblem extends Error {
  readonly problem: Problem;
  readonly remedy: string;

  constructor(problem: Problem, remedy: string) {
    super(problem.message);
    this.problem = problem;
    this.remedy = remedy;
  }
}

/**
 * Puts defaults, groups and hosts together: what stands nearer to the host wins, and of two groups the later one.
 *
 * @param directory - what file names are relative to
 * @throws FleetError INVENTORY_INVALID
 */
export function resolveHosts(file: InventoryFile, directory: string, document: YamlDocument): Host[] {
  try {
    checkMembers(file);
    checkNames(file);
    const hosts = Object.entries(file.hosts).map(([name, entry]) => resolveHost(name, entry ?? {}, file, directory));
    checkAddresses(hosts);
    return hosts;
  } catch (error) {
    throw error instanceof ResolveProblem ? document.error([error.problem], error.remedy) : error;
  }
}

function resolveHost(name: string, entry: HostEntry, { defaults, groups }: InventoryFile, directory: string): Host {
  const memberOf = groupsOf(name, entry, groups ?? {});
  const layers = [...memberOf.map((group) => groups?.[group] ?? {}), entry];
  const nearest = <Key extends 'port' | 'timeout'>(key: Key) =>
    [defaults ?? {}, ...layers].findLast((layer) => layer[key] !== undefined)?.[key];
  const tls = Object.assign({}, defaults?.tls, ...layers.map((layer) => layer.tls)) as TlsEntry;
  return {
    name,
    address: addressOf(name, entry, nearest('port') ?? defaultPort),
    groups: memberOf,
    labels: Object.assign({}, ...layers.map(({ labels }) => labels)),
    timeoutMs: nearest('timeout'),
    tls: tlsOf(name, tls, directory),
  };
}

function groupsOf(name: string, { groups: own = [] }: HostEntry, groups: NonNullable<InventoryFile['groups']>): string[] {
  const unknown = own.findIndex((group) => !Object.hasOwn(groups, group));
  if (unknown >= 0) {
    throw new ResolveProblem(
      { path: ['hosts', name, 'groups', unknown], message: `"${own[unknown]}" in hosts.${name}.groups is no group of this inventory` },
      `add it under "groups", or use one of: ${Object.keys(groups).join(', ') || '(there are none)'}`,
    );
  }
  const listing = Object.keys(groups).filter((group) => groups[group]?.hosts?.includes(name));
  return Object.keys(groups).filter((group) => own.includes(group) || listing.includes(group));
}

function addressOf(name: string, { address = name, port: ownPort }: HostEntry, port: number): string {
  const path: Path = ['hosts', name, 'address'];
  try {
    const endpoint = parseEndpoint(address, port);
    if (ownPort !== undefined && endpoint.port !== ownPort) {
      throw new ResolveProblem(
        { path, message: `the address "${address}" of hosts.${name} has a port, and "port" is ${ownPort}` },
        'give the port once',
      );
    }
    return endpoint.address;
  } catch (error) {
    if (!(error instanceof RouteError)) throw error;
    throw new ResolveProblem({ path, message: `${error.message} (hosts.${name})` }, error.remedy ?? 'write "host:port"');
  }
}

function tlsOf(name: string, { ca, certificate, key, serverName }: TlsEntry, directory: string): HostTls | undefined {
  if (ca !== undefined && certificate !== undefined && key !== undefined) {
    return { ca: resolve(directory, ca), certificate: resolve(directory, certificate), key: resolve(directory, key), serverName };
  }
  const given = Object.entries({ ca, certificate, key }).filter(([, value]) => value !== undefined);
  if (given.length === 0) return undefined;
  throw new ResolveProblem(
    {
      path: ['hosts', name],
      atKey: true,
      message: `the TLS files of hosts.${name} are incomplete: only ${given.map(([part]) => part).join(' and ')}`,
    },
    'give ca, certificate and key; each may stand in defaults.tls, the tls of a group or the tls of the host',
  );
}

function checkMembers({ groups, hosts }: InventoryFile): void {
  for (const [group, entry] of Object.entries(groups ?? {})) {
    const unknown = entry?.hosts?.findIndex((name) => !Object.hasOwn(hosts, name)) ?? -1;
    if (unknown < 0) continue;
    throw new ResolveProblem(
      {
        path: ['groups', group, 'hosts', unknown],
        message: `"${entry?.hosts?.[unknown]}" in groups.${group}.hosts is no host of this inventory`,
      },
      'add it under "hosts", or correct the name',
    );
  }
}

/** Whoever selects by name does not tell upper from lower case, as Windows does not. */
function checkNames({ hosts }: InventoryFile): void {
  const spelling = new Map<string, string>();
  for (const name of Object.keys(hosts)) {
    const other = spelling.get(name.toLowerCase());
    if (other !== undefined) {
      throw new ResolveProblem(
        { path: ['hosts', name], atKey: true, message: `hosts.${name} differs from hosts.${other} in upper and lower case alone` },
        'give every host a name of its own; selectors take both cases for the same',
      );
    }
    spelling.set(name.toLowerCase(), name);
  }
}

/** The same agent under two names would be written to twice. Two DNS names of one host show only when they are connected to. */
function checkAddresses(hosts: readonly Host[]): void {
  const nameOf = new Map<string, string>();
  for (const { name, address } of hosts) {
    const key = canonical(address);
    const other = nameOf.get(key);
    if (other !== undefined) {
      throw new ResolveProblem(
        { path: ['hosts', name, 'address'], message: `the address ${address} of hosts.${name} is also that of hosts.${other}` },
        'give every agent once; correct the address or the port',
      );
    }
    nameOf.set(key, name);
  }
}

/** One way of writing for every address: "[2001:DB8:0::1]:7420" is "[2001:db8::1]:7420". */
function canonical(address: string): string {
  const { host, port } = parseEndpoint(address);
  return isIPv6(host) ? `${formatAddress(parseAddress(host))} ${port}` : `${host.toLowerCase()} ${port}`;
}
