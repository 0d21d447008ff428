import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { byAlias } from '../contract/fixture.js';
import { buildKernelRig, createKernelHost, type KernelAgent, type KernelHost, missingForKernelRig } from '../support/kernel-rig.js';

const missing = missingForKernelRig();

/** The same story in both families: routers A (behind dmz0) and B (behind wan0), and a target that both lead to. */
const families = [
  { family: 4, prefix: '198.19.0.0/24', target: '198.19.0.1', a: '192.0.2.1', b: '203.0.113.1' },
  { family: 6, prefix: '2001:db8:ffff::/48', target: '2001:db8:ffff::1', a: '2001:db8:2::1', b: '2001:db8:3::1' },
] as const;

describe.skipIf(missing !== undefined)(`effects on a real table${missing ? ` (missing: ${missing})` : ''}`, () => {
  let host: KernelHost;
  let agent: KernelAgent;
  beforeAll(async () => {
    const library = await buildKernelRig();
    host = await createKernelHost();
    await addRouters(host);
    agent = await host.startAgent({ library });
  });
  afterAll(async () => {
    await agent?.stop();
    await host?.remove();
  });

  /** Who answers when the packet may take one hop only: the first router on its way, by its own word. */
  async function firstHop(target: string): Promise<string | undefined> {
    const output = await host.namespace.exec('sh', '-c', `ping -n -c 1 -W 2 -t 1 ${target} || true`);
    return /From (\S+?):? icmp_seq/.exec(output)?.[1];
  }
  const reaches = (target: string): Promise<string> => host.namespace.exec('ping', '-n', '-c', '1', '-W', '2', target);

  describe.each(families)('IPv$family', ({ family, prefix, target, a, b }) => {
    const ipRoute = (): Promise<string> => host.namespace.ip(`-${family} route show exact ${prefix}`);

    it('shows in ip route what is created, set and deleted', async () => {
      expect(await ipRoute()).toBe('');
      await agent.wire.createRoute({ route: { destinationPrefix: prefix, nextHop: a, metric: 7 } });
      // The rig orders routes as Windows does: priority = route metric + interface metric (25).
      expect(await ipRoute()).toMatch(new RegExp(`^${prefix} via ${a} dev dmz0 .*metric 32 `));
      await agent.wire.setRoute({ route: { destinationPrefix: prefix, nextHop: a, metric: 20 } });
      expect(await ipRoute()).toMatch(/metric 45 /);
      expect((await ipRoute()).trim().split('\n')).toHaveLength(1);
      await agent.wire.deleteRoute({ key: { destinationPrefix: prefix, nextHop: a } });
      expect(await ipRoute()).toBe('');
    });

    it('sees what ip route adds, changes and deletes', async () => {
      const listed = async () => (await agent.wire.listRoutes({ destination: { $case: 'exactPrefix', value: prefix } })).routes;
      await host.namespace.ip(`-${family} route add ${prefix} via ${b} metric 30`);
      expect(await listed()).toMatchObject([{ nextHop: b, metric: 5, interfaceAlias: 'wan0' }]);
      await host.namespace.ip(`-${family} route replace ${prefix} via ${a} metric 30`);
      expect(await listed()).toMatchObject([{ nextHop: a, metric: 5, interfaceAlias: 'dmz0' }]);
      await host.namespace.ip(`-${family} route delete ${prefix}`);
      expect(await listed()).toEqual([]);
    });

    it('has packets follow the next hop, and the metric', async () => {
      const viaA = { destinationPrefix: prefix, nextHop: a, metric: 5 };
      const viaB = { destinationPrefix: prefix, nextHop: b, metric: 10 };
      await agent.wire.createRoute({ route: viaA });
      await reaches(target);
      expect(await firstHop(target)).toBe(a);

      // Make before break: the new row first, then the old one away.
      await agent.wire.createRoute({ route: viaB });
      expect(await firstHop(target)).toBe(a);
      await agent.wire.deleteRoute({ key: viaA });
      await reaches(target);
      expect(await firstHop(target)).toBe(b);

      await agent.wire.createRoute({ route: viaA });
      expect(await firstHop(target)).toBe(a);
      await agent.wire.setRoute({ route: { ...viaA, metric: 50 } });
      expect(await firstHop(target)).toBe(b);
      expect((await agent.wire.getBestRoute({ destination: target })).route).toMatchObject({ nextHop: b, interfaceAlias: 'wan0' });
      for (const key of [viaA, viaB]) await agent.wire.deleteRoute({ key });
    });
  });

  it('tells that an interface went while a write was on its way', async () => {
    const slow = await host.startAgent({ library: await buildKernelRig(), environment: { RIG_DELAY: 'CreateIpForwardEntry:1500000' } });
    await host.topology.link({ namespace: host.namespace, device: 'gone0' }, { namespace: host.neighbours, device: 'gone1' });
    await host.namespace.ip('address add 198.51.100.10/30 dev gone0');
    const route = { destinationPrefix: '198.19.7.0/24', nextHop: '198.51.100.9', interface: byAlias('gone0') };
    const [, failure] = await Promise.all([
      // Well within the delay of the native call, and well after its interface was found.
      new Promise((resolve) => setTimeout(resolve, 700)).then(() => host.namespace.ip('link delete gone0')),
      slow.wire.createRoute({ route }).catch((error: unknown) => error),
    ]);
    expect(failure).toMatchObject({ code: 'NOT_FOUND', reason: 'INTERFACE_NOT_FOUND' });
    expect(await host.namespace.ip('route show exact 198.19.7.0/24')).toBe('');
    expect(await slow.stop()).toBe(0);
  });
});

async function addRouters({ topology, namespace, neighbours: a }: KernelHost): Promise<void> {
  const b = await topology.namespace('b');
  const target = await topology.namespace('target');
  await topology.link({ namespace, device: 'wan0' }, { namespace: b, device: 'wan1' });
  await topology.link({ namespace: a, device: 'far0' }, { namespace: target, device: 'far1' });
  await topology.link({ namespace: b, device: 'far2' }, { namespace: target, device: 'far3' });
  const addresses = [
    [namespace, 'wan0', '203.0.113.2/24', '2001:db8:3::2/64'],
    [a, 'dmz1', '192.0.2.1/24', '2001:db8:2::1/64'],
    [b, 'wan1', '203.0.113.1/24', '2001:db8:3::1/64'],
    [a, 'far0', '198.51.100.1/30', '2001:db8:4::1/64'],
    [target, 'far1', '198.51.100.2/30', '2001:db8:4::2/64'],
    [b, 'far2', '198.51.100.5/30', '2001:db8:5::1/64'],
    [target, 'far3', '198.51.100.6/30', '2001:db8:5::2/64'],
    [target, 'lo', '198.19.0.1/32', '2001:db8:ffff::1/128'],
  ] as const;
  for (const [where, device, ipv4, ipv6] of addresses) {
    await where.ip(`address add ${ipv4} dev ${device}`);
    await where.ip(`address add ${ipv6} dev ${device} nodad`);
  }
  for (const router of [a, b]) {
    await router.exec('sysctl', '-q', '-w', 'net.ipv4.ip_forward=1', 'net.ipv6.conf.all.forwarding=1', 'net.ipv4.icmp_ratelimit=0');
  }
  await a.ip('route add 198.19.0.1 via 198.51.100.2');
  await a.ip('route add 2001:db8:ffff::1 via 2001:db8:4::2');
  await b.ip('route add 198.19.0.1 via 198.51.100.6');
  await b.ip('route add 2001:db8:ffff::1 via 2001:db8:5::2');
  // Answers go back the way that the source address belongs to.
  await target.ip('route add 192.0.2.0/24 via 198.51.100.1');
  await target.ip('route add 2001:db8:2::/64 via 2001:db8:4::1');
  await target.ip('route add 203.0.113.0/24 via 198.51.100.5');
  await target.ip('route add 2001:db8:3::/64 via 2001:db8:5::1');
}
