import { describe, expect, it } from 'vitest';
import type { Family } from '../../../../proto/address.js';
import { messageOf, type ProbedHost, probedHost } from './context.js';

const probe = (host: ProbedHost, family: Family): Promise<string> => messageOf({ kind: 'default-gateway', family, timeoutMs: 5000 }, host);

describe('the default-gateway probe', () => {
  it('passes when the next hop answers, in either family', async () => {
    const host = probedHost('office');
    expect([await probe(host, 4), await probe(host, 6)]).toEqual(['', '']);
  });

  it('tells who is silent', async () => {
    const host = probedHost('office');
    host.control.setNeighbour('Ethernet', '10.20.0.1', false);
    host.control.setNeighbour('Ethernet', 'fe80::1', false);
    expect(await probe(host, 4)).toBe('10.20.0.1 on interface 12 does not answer');
    expect(await probe(host, 6)).toBe('fe80::1%12 on interface 12 does not answer');
  });

  it('asks the one of the lowest effective metric', async () => {
    const host = probedHost('datacenter');
    host.control.addRoute({ destinationPrefix: '0.0.0.0/0', nextHop: '10.40.0.77', interfaceAlias: 'Storage', metric: 0 });
    // Ethernet0: 15 + 1, Storage: 50 + 0.
    expect(await probe(host, 4)).toBe('');
    host.control.setInterfaceMetric('Storage', 15);
    expect(await probe(host, 4)).toBe('10.40.0.77 on interface 6 does not answer');
  });

  it('leaves rows on interfaces without a link out', async () => {
    const host = probedHost('office');
    host.control.setInterfaceMetric('Wi-Fi', 1);
    host.control.addRoute({ destinationPrefix: '0.0.0.0/0', nextHop: '192.168.0.1', interfaceAlias: 'Wi-Fi' });
    expect(await probe(host, 4)).toBe('');
    host.control.setInterfaceUp('Ethernet', false);
    expect(await probe(host, 4)).toBe('no default route on an interface that is up');
  });

  it('takes an on-link route over a tunnel that is up for good: there is nobody to ask', async () => {
    const host = probedHost('branch-vpn');
    host.control.addRoute({ destinationPrefix: '0.0.0.0/0', interfaceAlias: 'Contoso VPN' });
    host.control.setNeighbour('Ethernet', '10.50.0.1', false);
    expect(await probe(host, 4)).toBe('');
    host.control.setInterfaceUp('Contoso VPN', false);
    expect(await probe(host, 4)).toBe('10.50.0.1 on interface 5 does not answer');
  });

  it('does not pass without a default route', async () => {
    expect(await probe(probedHost('branch-vpn'), 6)).toBe('no default route on an interface that is up');
  });

  it('says which function is missing, or why it failed', async () => {
    expect(await probe(probedHost('legacy'), 4)).toContain('GetIfTable2 failed');
    const host = probedHost('office');
    host.control.fail('ResolveIpNetEntry2', { call: 1, code: 127 });
    expect(await probe(host, 4)).toMatch(/^ResolveIpNetEntry2 failed .*does not export it/);
    host.control.fail('GetIpForwardTable2', { call: 1, code: 8 });
    expect(await probe(host, 4)).toContain('the host is out of memory');
  });
});
