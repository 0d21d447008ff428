import { describe, expect, it } from 'vitest';
import type { Probe } from '../../../../agent/commits/probes/probe.js';
import { runProbes } from '../../../../agent/commits/probes/run-probes.js';
import { parseAddress } from '../../../../proto/address.js';
import { messageOf, probedHost } from './context.js';

const gateway = (family: 4 | 6, timeoutMs = 5000): Probe => ({ kind: 'default-gateway', family, timeoutMs });
const bestRoute: Probe = {
  kind: 'best-route',
  destination: parseAddress('8.8.8.8'),
  nextHop: parseAddress('10.20.0.1'),
  timeoutMs: 5000,
};

describe('runProbes', () => {
  it('answers in the order of the probes, whichever is done first', async () => {
    const host = probedHost('office');
    host.control.delay('ResolveIpNetEntry2', 50);
    host.control.setNeighbour('Ethernet', 'fe80::1', false);
    expect(await runProbes([gateway(4), bestRoute, gateway(6)], host)).toEqual([
      { probe: 'IPv4 default gateway', passed: true, message: '' },
      { probe: 'best route to 8.8.8.8 via 10.20.0.1', passed: true, message: '' },
      { probe: 'IPv6 default gateway', passed: false, message: 'fe80::1%12 on interface 12 does not answer' },
    ]);
  });

  it('runs them all at once', async () => {
    const host = probedHost('office');
    host.control.delay('ResolveIpNetEntry2', 200);
    const start = performance.now();
    await runProbes(
      Array.from({ length: 10 }, () => gateway(4)),
      host,
    );
    expect(performance.now() - start).toBeLessThan(1500);
  });

  it('gives each its own time', async () => {
    const host = probedHost('office');
    host.control.delay('ResolveIpNetEntry2', 300);
    const findings = await runProbes([gateway(4, 100), gateway(4, 5000)], host);
    expect(findings).toMatchObject([{ passed: false, message: 'timed out after 0.1 s' }, { passed: true }]);
  });

  it('ends with its signal, also with one that is over already', async () => {
    const host = probedHost('office');
    host.control.delay('ResolveIpNetEntry2', 60_000);
    const controller = new AbortController();
    const running = runProbes([gateway(4, 60_000), bestRoute], { ...host, signal: controller.signal });
    setTimeout(() => controller.abort(), 50);
    expect(await running).toMatchObject([{ passed: false, message: 'cancelled' }, { passed: true }]);
    expect(await messageOf(bestRoute, { ...host, signal: controller.signal })).toBe('cancelled');
  });

  it('has nothing to say about no probes', async () => {
    expect(await runProbes([], probedHost('office'))).toEqual([]);
  });
});
