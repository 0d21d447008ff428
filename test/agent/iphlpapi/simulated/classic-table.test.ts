import { describe, expect, it } from 'vitest';
import { dataView } from '../../../../agent/iphlpapi/row-codec.js';
import { classicTableSize, readClassic, rig, row2 } from './rows.js';

describe('GetIpForwardTable', () => {
  it('answers 122 and the size, then the table', async () => {
    const { api } = rig('ipv4-only');
    const size = new Uint8Array(4);
    expect(await api.getIpForwardTable(null, size, false)).toBe(122);
    const needed = dataView(size).getUint32(0, true);
    expect(needed).toBe(classicTableSize(api.control.routes().length));
    dataView(size).setUint32(0, needed - 1, true);
    expect(await api.getIpForwardTable(new Uint8Array(needed), size, false)).toBe(122);
    expect(await api.getIpForwardTable(new Uint8Array(needed), size, false)).toBe(0);
  });

  it('returns 87 for a size that the memory does not have', async () => {
    const { api } = rig('office');
    const size = new Uint8Array(4);
    await api.getIpForwardTable(null, size, false);
    expect(await api.getIpForwardTable(new Uint8Array(dataView(size).getUint32(0, true) - 1), size, false)).toBe(87);
    expect(await api.getIpForwardTable(null, new Uint8Array(3), false)).toBe(87);
  });

  it('shows on-link rows with the own address and Type 3, others with Type 4, and effective metrics', async () => {
    const { api } = rig('office');
    const rows = await readClassic(api);
    const onLink = rows.find(({ destination, mask }) => destination.join('.') === '10.20.0.0' && mask.join('.') === '255.255.0.0');
    expect(onLink).toMatchObject({ type: 3, metric1: 281, protocol: 2, interfaceIndex: 12, nextHop: Uint8Array.of(10, 20, 0, 10) });
    const loopback = rows.find(({ destination }) => destination.join('.') === '127.0.0.0');
    expect(loopback).toMatchObject({ type: 3, metric1: 331, interfaceIndex: 1, nextHop: Uint8Array.of(127, 0, 0, 1) });
    const gateway = rows.find(({ mask }) => mask.join('.') === '0.0.0.0');
    expect(gateway).toMatchObject({ type: 4, metric1: 25, protocol: 3, nextHop: Uint8Array.of(10, 20, 0, 1) });
    expect(rows).toHaveLength(api.control.routes().filter(({ nextHop }) => nextHop.family === 4).length);
  });

  it('shows the own address that lies within the prefix where an interface has several', async () => {
    const { api } = rig('office');
    const { profile } = api.control.interface('Ethernet');
    api.control.removeInterface('Ethernet');
    api.control.addInterface({ ...profile, addresses: [...profile.addresses, { address: '203.0.113.9/24', origin: 'manual' }] });
    const rows = await readClassic(api);
    const row = rows.find(({ destination }) => destination.join('.') === '203.0.113.0');
    expect(row?.nextHop).toEqual(Uint8Array.of(203, 0, 113, 9));
  });

  it('tells the age in seconds', async () => {
    const { api, advance } = rig('office');
    api.createIpForwardEntry2(row2('192.0.2.0/24', '10.20.0.1'));
    advance(42.9);
    const rows = await readClassic(api);
    expect(rows.find(({ destination }) => destination.join('.') === '192.0.2.0')?.age).toBe(42);
  });

  it('sorts by destination, protocol and next hop when asked', async () => {
    const { api } = rig('datacenter');
    api.createIpForwardEntry2(row2('192.0.2.0/24', '10.30.0.9', { interfaceIndex: 4 }));
    api.createIpForwardEntry2(row2('192.0.2.0/24', '10.30.0.2', { interfaceIndex: 4 }));
    api.createIpForwardEntry2(row2('1.0.0.0/8', '10.30.0.2', { interfaceIndex: 4 }));
    const keys = (rows: Awaited<ReturnType<typeof readClassic>>): string[] =>
      rows.map((row) => Buffer.from([...row.destination, row.protocol, ...row.nextHop]).toString('hex'));
    const unsorted = keys(await readClassic(api, false));
    expect(unsorted).not.toEqual(unsorted.toSorted());
    expect(keys(await readClassic(api, true))).toEqual(unsorted.toSorted());
  });

  it('grows between the two calls', async () => {
    const { api } = rig('office');
    api.control.growBetweenCalls({ times: 2, rows: 3 });
    const size = new Uint8Array(4);
    const codes: number[] = [];
    let table: Uint8Array | null = null;
    for (let attempt = 0; attempt < 4; attempt++) {
      codes.push(await api.getIpForwardTable(table, size, false));
      table = new Uint8Array(dataView(size).getUint32(0, true));
    }
    expect(codes).toEqual([122, 122, 122, 0]);
  });

  it('returns 232 when there is no IPv4 route at all', async () => {
    const { api } = rig('office');
    for (const alias of ['Ethernet', 'Wi-Fi', 'Loopback Pseudo-Interface 1']) api.control.unbind(alias, 4);
    expect(await api.getIpForwardTable(null, new Uint8Array(4), false)).toBe(232);
  });
});
