import { describe, expect, it } from 'vitest';
import { dataView, decodeForwardRow, decodeForwardRow2 } from '../../../../agent/iphlpapi/row-codec.js';
import type { SimulatedIphlpapi } from '../../../../agent/iphlpapi/simulated/simulated-iphlpapi.js';
import { decodeSockaddr } from '../../../../agent/iphlpapi/sockaddr.js';
import { formatAddress } from '../../../../proto/address.js';
import { identity, luid, rig, row2, sockaddr } from './rows.js';

interface Restriction {
  readonly luid?: bigint;
  readonly index?: number;
  readonly source?: string;
}

function ask(api: SimulatedIphlpapi, destination: string, restriction: Restriction = {}): string {
  const row = new Uint8Array(104);
  const source = new Uint8Array(28);
  const code = api.getBestRoute2(
    restriction.luid === undefined ? null : luid(restriction.luid),
    restriction.index ?? 0,
    restriction.source === undefined ? null : sockaddr(restriction.source),
    sockaddr(destination),
    0,
    row,
    source,
  );
  if (code !== 0) return `error ${code}`;
  const decoded = decodeForwardRow2(dataView(row));
  const from = decodeSockaddr(dataView(source), 0);
  return `${decoded && identity(decoded)} from ${from && formatAddress(from)}`;
}

describe('GetBestRoute2', () => {
  it('takes the default route with NULL and 0, as everyone calls it', () => {
    expect(ask(rig('office').api, '8.8.8.8')).toBe('0.0.0.0/0 via 10.20.0.1 on 12 from 10.20.0.10');
    expect(ask(rig('office').api, '2001:db8:ffff::1')).toBe('::/0 via fe80::1 on 12 from 2001:db8:20::a');
  });

  it('prefers the longest prefix whatever the metric', () => {
    const { api } = rig('office');
    api.createIpForwardEntry2(row2('8.8.0.0/16', '10.20.0.2', { metric: 9999 }));
    api.createIpForwardEntry2(row2('8.0.0.0/8', '10.20.0.3', { metric: 0 }));
    expect(ask(api, '8.8.8.8')).toContain('8.8.0.0/16 via 10.20.0.2');
    expect(ask(api, '8.9.8.8')).toContain('8.0.0.0/8 via 10.20.0.3');
  });

  it('prefers the lowest sum of route and interface metric among equal prefixes', () => {
    const { api } = rig('branch-vpn');
    // Ethernet 25 + 0 against the tunnel's 5 + 19, 5 + 21.
    api.control.addRoute({ destinationPrefix: '0.0.0.0/0', interfaceAlias: 'Contoso VPN', metric: 19 });
    expect(ask(api, '8.8.8.8')).toContain('on 17');
    api.control.setRoute({ destinationPrefix: '0.0.0.0/0', interfaceAlias: 'Contoso VPN', metric: 21 });
    expect(ask(api, '8.8.8.8')).toContain('on 5');
    api.control.setInterfaceMetric('Ethernet', 27);
    expect(ask(api, '8.8.8.8')).toContain('on 17');
  });

  it('looks only at interfaces that are up', () => {
    const { api } = rig('office');
    api.createIpForwardEntry2(row2('198.51.100.0/24', '10.20.0.1', { interfaceIndex: 8 }));
    expect(ask(api, '198.51.100.1')).toContain('0.0.0.0/0 via');
    api.control.setInterfaceUp('Ethernet', false);
    expect(ask(api, '198.51.100.1')).toBe('error 1231');
  });

  it('looks only at the interface asked for, the LUID before the index', () => {
    const { api } = rig('datacenter');
    const storage = api.control.interface('Storage');
    expect(ask(api, '10.41.0.1')).toContain('on 6 from 10.40.0.10');
    expect(ask(api, '10.41.0.1', { index: 4 })).toContain('0.0.0.0/0 via 10.30.0.1 on 4');
    expect(ask(api, '10.41.0.1', { luid: storage.luid, index: 4 })).toContain('on 6');
    expect(ask(api, '10.41.0.1', { luid: 0n, index: 4 })).toContain('on 4');
    expect(ask(api, '8.8.8.8', { index: 6 })).toBe('error 1231');
  });

  it('sends from the source that is given, over the interface that has it', () => {
    const { api } = rig('datacenter');
    expect(ask(api, '10.41.0.1', { source: '10.30.0.10' })).toBe('0.0.0.0/0 via 10.30.0.1 on 4 from 10.30.0.10');
    expect(ask(api, '10.41.0.1', { source: '0.0.0.0' })).toContain('on 6');
    expect(ask(api, '10.41.0.1', { source: '192.0.2.1' })).toBe('error 87');
    expect(ask(api, '10.41.0.1', { source: 'fe80::1' })).toBe('error 87');
  });

  it('sends to a link-local address from one, over the interface of its zone', () => {
    const { api } = rig('datacenter');
    expect(ask(api, 'fe80::99%6')).toBe('fe80::/64 via :: on 6 from fe80::a:2%6');
    expect(ask(api, 'fe80::99%77')).toBe('error 2');
    // fd00:: has more leading bits in common with fe80:: than with 2001::.
    expect(ask(api, 'fd00::1')).toBe('::/0 via 2001:db8:30::ffff on 4 from 2001:db8:30::a');
  });

  it('reaches its own addresses and loopback', () => {
    const { api } = rig('office');
    expect(ask(api, '10.20.0.10')).toBe('10.20.0.10/32 via 0.0.0.0 on 12 from 10.20.0.10');
    expect(ask(api, '127.0.0.53')).toBe('127.0.0.0/8 via 0.0.0.0 on 1 from 127.0.0.1');
  });

  it('returns 2 for an unknown interface, 50 without a stack, 1231 without a route, 87 for bad memory', () => {
    const { api } = rig('ipv4-only');
    expect(ask(api, '8.8.8.8', { index: 99 })).toBe('error 2');
    expect(ask(api, '8.8.8.8', { luid: 5n })).toBe('error 2');
    expect(ask(api, '2001:db8::1')).toBe('error 50');
    api.control.deleteRoute({ destinationPrefix: '0.0.0.0/0', nextHop: '10.70.0.1', interfaceAlias: 'Ethernet' });
    expect(ask(api, '8.8.8.8')).toBe('error 1231');
    const [row, source, to] = [new Uint8Array(104), new Uint8Array(28), sockaddr('8.8.8.8')];
    expect(api.getBestRoute2(null, 0, null, new Uint8Array(28), 0, row, source)).toBe(87);
    expect(api.getBestRoute2(null, 0, null, to, 0, row.subarray(1), source)).toBe(87);
    expect(api.getBestRoute2(null, 0, null, to, 0, row, source.subarray(1))).toBe(87);
    expect(api.getBestRoute2(new Uint8Array(4), 0, null, to, 0, row, source)).toBe(87);
    expect(api.getBestRoute2(null, 0, new Uint8Array(4), to, 0, row, source)).toBe(87);
  });
});

describe('GetBestRoute', () => {
  it('shows the row as the classic table does', () => {
    const { api } = rig('office');
    const row = new Uint8Array(56);
    expect(api.getBestRoute(Uint8Array.of(8, 8, 8, 8), new Uint8Array(4), row)).toBe(0);
    expect(decodeForwardRow(dataView(row))).toMatchObject({ metric1: 25, type: 4, interfaceIndex: 12 });
    expect(api.getBestRoute(Uint8Array.of(10, 20, 3, 4), new Uint8Array(4), row)).toBe(0);
    expect(decodeForwardRow(dataView(row))).toMatchObject({ metric1: 281, type: 3, nextHop: Uint8Array.of(10, 20, 0, 10) });
  });

  it('returns 1231 without a route and 87 for bad memory', () => {
    const { api } = rig('office');
    api.control.setInterfaceUp('Ethernet', false);
    expect(api.getBestRoute(Uint8Array.of(8, 8, 8, 8), new Uint8Array(4), new Uint8Array(56))).toBe(1231);
    expect(api.getBestRoute(Uint8Array.of(8, 8, 8, 8), new Uint8Array(4), new Uint8Array(55))).toBe(87);
    expect(api.getBestRoute(Uint8Array.of(8, 8, 8), new Uint8Array(4), new Uint8Array(56))).toBe(87);
  });
});
