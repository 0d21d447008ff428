import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { createCleanup } from '../support/cleanup.js';
import { isOwnerAlive } from '../support/temporary.js';

const run = promisify(execFile);
const namespacePrefix = 'routefleet-windows-';

/** A network namespace with a small network of its own, which the test can reach. */
export interface TestNetwork {
  readonly namespace: string;
  /** Address of the namespace on the link to the test. */
  readonly address: string;
  /** The other end of that link: a next hop. */
  readonly neighbour: string;
  /** Runs ip in the namespace. */
  ip(...args: string[]): Promise<string>;
  remove(): Promise<void>;
}

/**
 * Makes the namespace: `lan0` leads to the test, `dmz0` to a neighbour without addresses (`stub0`), `off0` is switched off. Addresses are of
 * the ranges for benchmarks and documentation, so that nothing of this host is in the way.
 */
export async function createTestNetwork(): Promise<TestNetwork> {
  const namespace = `${namespacePrefix}${process.pid}`;
  const outside = `rfw${process.pid}`;
  const subnet = `198.18.${process.pid % 256}`;
  const network = { address: `${subnet}.2`, neighbour: `${subnet}.1` };
  const ip = (...args: string[]): Promise<string> => runIp(['-netns', namespace, ...args]);
  const cleanup = createCleanup();
  await removeAbandoned();
  try {
    await runIp(['netns', 'add', namespace]);
    cleanup.defer(() => runIp(['netns', 'delete', namespace]));
    await runIp(['link', 'add', outside, 'type', 'veth', 'peer', 'name', 'lan0', 'netns', namespace]);
    cleanup.defer(() => runIp(['link', 'delete', outside]));
    await runIp(['address', 'add', `${network.neighbour}/24`, 'dev', outside]);
    await runIp(['link', 'set', outside, 'up']);
    for (const line of setup(network)) await ip(...line.split(' '));
    return { ...network, namespace, ip, remove: cleanup.run };
  } catch (error) {
    await cleanup.run();
    throw error;
  }
}

/** Removes the namespaces of killed test runs. */
async function removeAbandoned(): Promise<void> {
  const names = (await runIp(['netns', 'list'])).match(/^\S+/gm) ?? [];
  for (const name of names) {
    if (name.startsWith(namespacePrefix) && !isOwnerAlive(name)) await runIp(['netns', 'delete', name]);
  }
}

async function runIp(args: string[]): Promise<string> {
  return (await run('ip', args)).stdout;
}

function setup({ address, neighbour }: Pick<TestNetwork, 'address' | 'neighbour'>): string[] {
  return [
    'link add dmz0 type veth peer name stub0',
    'link add off0 type veth peer name off1',
    // Link-local addresses would come up some time later: the test gives its own.
    ...['lan0', 'dmz0', 'stub0', 'off0', 'off1'].map((name) => `link set ${name} addrgenmode none`),
    ...['lo', 'lan0', 'dmz0', 'stub0'].map((name) => `link set ${name} up`),
    'link set dmz0 mtu 1400',
    `address add ${address}/24 dev lan0`,
    'address add 192.0.2.1/24 dev dmz0',
    'address add 192.0.2.65/26 dev dmz0',
    'address add 2001:db8:77::1/64 dev dmz0 nodad',
    'address add fe80::77/64 dev dmz0 nodad',
    'address add 203.0.113.1/24 dev off0',
    `route add 10.77.0.0/16 via ${neighbour}`,
    `route add 10.77.128.0/17 via 192.0.2.9 metric 42`,
    'route add 10.78.0.0/16 dev dmz0',
    `route add 10.79.0.5 via ${neighbour} metric 9`,
    `route add 10.80.0.0/16 nexthop via ${neighbour} nexthop via 192.0.2.9`,
    'route add blackhole 10.81.0.0/16',
    `route add 10.82.0.0/16 via ${neighbour} table 77`,
  ];
}
