import { describe, expect, it } from 'vitest';
import type { ForwardRow2 } from '../../../../agent/iphlpapi/row-codec.js';
import { hostInterface } from '../../../../agent/iphlpapi/simulated/host-interface.js';
import { profiles } from '../../../../agent/iphlpapi/simulated/profiles.js';
import { systemRows } from '../../../../agent/iphlpapi/simulated/system-rows.js';
import { formatPrefix } from '../../../../proto/prefix.js';

const [loopback, ethernet, wifi] = profiles.office.interfaces;
const text = (rows: readonly ForwardRow2[]): string[] => rows.map((row) => formatPrefix(row.destinationPrefix));

function require<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the office has three interfaces');
  return value;
}

describe('rows that Windows has of itself', () => {
  it('are those of an IPv4 address', () => {
    const rows = systemRows(hostInterface(require(ethernet)), 4);
    expect(text(rows)).toEqual(['10.20.0.0/16', '10.20.0.10/32', '10.20.255.255/32', '224.0.0.0/4', '255.255.255.255/32']);
    expect(rows.map(({ loopback }) => loopback)).toEqual([false, true, true, false, false]);
    expect(rows.map(({ origin }) => origin)).toEqual([2, 2, 2, 1, 1]);
  });

  it('are those of IPv6 addresses', () => {
    const rows = systemRows(hostInterface(require(ethernet)), 6);
    expect(text(rows)).toEqual(['2001:db8:20::/64', '2001:db8:20::a/128', 'fe80::/64', 'fe80::a:1/128', 'ff00::/8']);
    expect(rows.map(({ origin }) => origin)).toEqual([3, 3, 1, 1, 1]);
  });

  it('are those of loopback', () => {
    const host = hostInterface(require(loopback));
    expect(text(systemRows(host, 4))).toEqual(['127.0.0.0/8', '127.0.0.1/32', '127.255.255.255/32', '224.0.0.0/4', '255.255.255.255/32']);
    expect(text(systemRows(host, 6))).toEqual(['::1/128', 'ff00::/8']);
  });

  it('have protocol Local, metric 256, no end and no next hop', () => {
    for (const family of [4, 6] as const) {
      for (const row of systemRows(hostInterface(require(ethernet)), family)) {
        expect(row).toMatchObject({ protocol: 2, metric: 256, validLifetime: 0xffff_ffff, immortal: true, interfaceIndex: 12 });
        expect(row.nextHop.bytes.every((byte) => byte === 0)).toBe(true);
      }
    }
  });

  it.each([
    ['192.0.2.5/32', ['192.0.2.5/32']],
    ['192.0.2.4/31', ['192.0.2.4/31', '192.0.2.4/32']],
    ['192.0.2.6/30', ['192.0.2.4/30', '192.0.2.6/32', '192.0.2.7/32']],
  ])('know the broadcast address of %s', (address, expected) => {
    const host = hostInterface({ ...require(ethernet), addresses: [{ address, origin: 'manual' }] });
    expect(text(systemRows(host, 4)).slice(0, -2)).toEqual(expected);
  });

  it('are none without a link or a binding', () => {
    expect(systemRows(hostInterface(require(wifi)), 6)).toEqual([]);
    expect(systemRows(hostInterface({ ...require(ethernet), bindings: {} }), 4)).toEqual([]);
  });
});
