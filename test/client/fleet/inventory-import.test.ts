import { describe, expect, it } from 'vitest';
import { importRoutes } from '../../../client/fleet/inventory-import.js';
import type { Route } from '../../../client/model/route.js';

function row(members: Partial<Route>): Route {
  return {
    destinationPrefix: '10.9.0.0/16',
    nextHop: '10.20.0.254',
    onLink: false,
    family: 'ipv4',
    interfaceIndex: 12,
    interfaceLuid: 1689399632855040n,
    interfaceAlias: 'Ethernet',
    metric: 5,
    protocol: 'netMgmt',
    origin: 'manual',
    sitePrefixLength: 0,
    loopback: false,
    autoconfigured: false,
    publish: false,
    immortal: false,
    inRegistry: false,
    persistent: false,
    etag: 'e',
    ...members,
  };
}

describe('importRoutes', () => {
  it.each([
    ['an owned row', { owner: 'team-net', persistent: true }, { nextHop: '10.20.0.254', interface: 'Ethernet', metric: 5 }],
    ['a row of nobody', {}, { nextHop: '10.20.0.254', interface: 'Ethernet', metric: 5, persistent: false }],
    ['a row whose origin is not told', { origin: undefined }, { persistent: false }],
    ['a next hop with a zone', { destinationPrefix: '2001:db8::/32', nextHop: 'fe80::1%12' }, { nextHop: 'fe80::1' }],
    ['an interface without a name', { interfaceAlias: undefined }, { interface: { luid: '1689399632855040' } }],
    ['an alias that looks like a variable', { interfaceAlias: 'a${' }, { interface: { luid: '1689399632855040' } }],
    ['an owned row of another protocol', { owner: 'team-net', protocol: 'bgp', origin: 'dhcp' }, {}],
  ] as const)('takes %s', (_what, members, expected) => {
    const { file, leftOut } = importRoutes([row(members)], 'team-net');
    expect(file.owner).toBe('team-net');
    expect(file.routes).toMatchObject([{ prefix: expect.any(String), ...expected }]);
    expect(leftOut.size).toBe(0);
  });

  it('gives an on-link row no next hop', () => {
    expect(importRoutes([row({ onLink: true, nextHop: '0.0.0.0', owner: 'team-net', persistent: true })], 'team-net').file.routes).toEqual([
      { prefix: '10.9.0.0/16', interface: 'Ethernet', metric: 5 },
    ]);
  });

  it.each([
    ['a row of the stack', { protocol: 'local' }, 'of the system'],
    ['a loopback row', { loopback: true }, 'of the system'],
    ['a multicast row', { destinationPrefix: '239.0.0.0/8' }, 'of the system'],
    ['IPv6 multicast', { destinationPrefix: 'ff02::/16', nextHop: '::' }, 'of the system'],
    ['a loopback prefix', { destinationPrefix: '127.1.0.0/16' }, 'of the system'],
    ['the broadcast', { destinationPrefix: '255.255.255.255/32' }, 'of the system'],
    ['a row by DHCP', { origin: 'dhcp' }, 'of DHCP, router advertisements or routing protocols'],
    ['an advertised row', { autoconfigured: true }, 'of DHCP, router advertisements or routing protocols'],
    ['a row of OSPF', { protocol: 'ospf' }, 'of DHCP, router advertisements or routing protocols'],
    ['a row of another owner', { owner: 'team-vpn' }, 'of the owner team-vpn'],
    ['a row with an end', { owner: 'team-net', validLifetimeSeconds: 60 }, 'with an end (valid lifetime)'],
  ] as const)('leaves out %s, and says so', (_what, members, reason) => {
    const { file, leftOut } = importRoutes([row(members), row({}), row(members)], 'team-net');
    expect(file.routes).toHaveLength(1);
    expect([...leftOut]).toEqual([[reason, 2]]);
  });
});
