import { describe, expect, it } from 'vitest';
import { MIB_IPNET_ROW2 } from '../../../../agent/iphlpapi/layout.js';
import { encodeNeighbour } from '../../../../agent/iphlpapi/neighbour.js';
import { dataView } from '../../../../agent/iphlpapi/row-codec.js';
import type { SimulatedIphlpapi } from '../../../../agent/iphlpapi/simulated/simulated-iphlpapi.js';
import { parseAddress } from '../../../../proto/address.js';
import { rig } from './rows.js';

function resolve(api: SimulatedIphlpapi, address: string, index = 12, luid = 0n): Promise<number> {
  return api.resolveIpNetEntry2(encodeNeighbour({ address: parseAddress(address), interface: { luid, index } }), null);
}

describe('ResolveIpNetEntry2', () => {
  it('returns 0 for the routers of the networks of the interface, and 67 for hosts that are not there', async () => {
    const { api } = rig('office');
    for (const router of ['10.20.0.1', '10.20.0.9', '2001:db8:20::1', 'fe80::1']) expect(await resolve(api, router)).toBe(0);
    for (const silent of ['10.20.0.99', '10.20.1.1', '10.21.0.1', '10.20.0.0', '2001:db8:20::99'])
      expect(await resolve(api, silent)).toBe(67);
  });

  it('returns 0 for next hops of the configuration, on their own interface', async () => {
    const { api } = rig('datacenter');
    expect(await resolve(api, '10.30.0.254', 4)).toBe(0);
    expect(await resolve(api, '2001:db8:30::ffff', 4)).toBe(0);
    expect(await resolve(api, '10.30.0.254', 6)).toBe(67);
  });

  it('writes the physical address, the state and both names of the interface', async () => {
    const { api } = rig('office');
    const row = encodeNeighbour({ address: parseAddress('10.20.0.1'), interface: { luid: 0n, index: 12 } });
    expect(await api.resolveIpNetEntry2(row, null)).toBe(0);
    const view = dataView(row);
    expect(Buffer.from(row.subarray(MIB_IPNET_ROW2.PhysicalAddress, MIB_IPNET_ROW2.PhysicalAddress + 6)).toString('hex')).toBe(
      '02000a140001',
    );
    expect(view.getUint32(MIB_IPNET_ROW2.PhysicalAddressLength, true)).toBe(6);
    expect(view.getUint32(MIB_IPNET_ROW2.State, true)).toBe(5);
    expect(view.getBigUint64(MIB_IPNET_ROW2.InterfaceLuid, true)).toBe(api.control.interface('Ethernet').luid);
  });

  it('has neighbours come and go', async () => {
    const { api } = rig('office');
    api.control.setNeighbour('Ethernet', '10.20.0.1', false);
    api.control.setNeighbour('Ethernet', '10.20.0.99', true);
    expect(await Promise.all([resolve(api, '10.20.0.1'), resolve(api, '10.20.0.99')])).toEqual([67, 0]);
    api.control.setNeighbour('Ethernet', '10.20.0.1', true);
    expect(await resolve(api, '10.20.0.1')).toBe(0);
    expect(() => api.control.setNeighbour('Ethernet 9', '10.20.0.1', true)).toThrow('no interface has the alias');
  });

  it('returns 67 while the link is down', async () => {
    const { api } = rig('office');
    api.control.setInterfaceUp('Ethernet', false);
    expect(await resolve(api, '10.20.0.1')).toBe(67);
  });

  it('returns 1168 without the interface or the family on it, and prefers the LUID', async () => {
    const { api } = rig('office');
    const { luid } = api.control.interface('Ethernet');
    expect(await resolve(api, '10.20.0.1', 99)).toBe(1168);
    expect(await resolve(api, '10.20.0.1', 12, 5n)).toBe(1168);
    expect(await resolve(api, '10.20.0.1', 99, luid)).toBe(0);
    api.control.unbind('Ethernet', 4);
    expect(await resolve(api, '10.20.0.1')).toBe(1168);
  });

  it('returns 87 without interface, for what is no neighbour, and for bad memory; 50 without a stack', async () => {
    const { api } = rig('office');
    expect(await resolve(api, '10.20.0.1', 0)).toBe(87);
    for (const none of ['127.0.0.1', '224.0.0.1', '255.255.255.255', '0.0.0.0', '::', '::1', 'ff02::1'])
      expect(await resolve(api, none)).toBe(87);
    expect(await api.resolveIpNetEntry2(new Uint8Array(MIB_IPNET_ROW2.size), null)).toBe(87);
    expect(await api.resolveIpNetEntry2(new Uint8Array(MIB_IPNET_ROW2.size - 1), null)).toBe(87);
    expect(await resolve(rig('ipv4-only').api, 'fe80::1', 3)).toBe(50);
  });

  it('fails and takes its time on demand, and is not there before Vista', async () => {
    const { api } = rig('office');
    api.control.fail('ResolveIpNetEntry2', { call: 1, code: 8 });
    api.control.delay('ResolveIpNetEntry2', 30);
    const start = performance.now();
    expect(await resolve(api, '10.20.0.1')).toBe(8);
    expect(performance.now() - start).toBeGreaterThan(25);
    expect(await resolve(api, '10.20.0.1')).toBe(0);
    expect(await resolve(rig('legacy').api, '10.70.0.1', 3)).toBe(127);
  });
});
