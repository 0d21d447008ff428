import { describe, expect, it } from 'vitest';
import { MIB_IF_ROW2, MIB_IPINTERFACE_ROW, MIB_UNICASTIPADDRESS_ROW } from '../../../../agent/iphlpapi/layout.js';
import { dataView, decodeForwardRow2, rowOffsets, table2Rows } from '../../../../agent/iphlpapi/row-codec.js';
import { decodeSockaddr } from '../../../../agent/iphlpapi/sockaddr.js';
import { formatAddress } from '../../../../proto/address.js';
import { consume, readTable2, rig, row2 } from './rows.js';

describe('GetIpForwardTable2', () => {
  it('has the rows of the family, or all', async () => {
    const { api } = rig('office');
    const families = async (family: number): Promise<Set<number>> =>
      new Set((await readTable2(api, family)).map((row) => row.destinationPrefix.family));
    expect(await families(2)).toEqual(new Set([4]));
    expect(await families(23)).toEqual(new Set([6]));
    expect(await families(0)).toEqual(new Set([4, 6]));
  });

  it('returns 87 for an unknown family, 50 without a stack, 1168 without a route', async () => {
    expect(await rig('office').api.getIpForwardTable2(10)).toEqual({ code: 87 });
    const { api } = rig('ipv4-only');
    expect(await api.getIpForwardTable2(23)).toEqual({ code: 50 });
    for (const alias of ['Ethernet', 'Loopback Pseudo-Interface 1']) api.control.unbind(alias, 4);
    expect(await api.getIpForwardTable2(2)).toEqual({ code: 1168 });
    expect(await api.getIpForwardTable2(0)).toEqual({ code: 1168 });
  });

  it('is workable with 100,000 rows', async () => {
    const { api } = rig('office');
    const before = api.control.routes().length;
    api.control.addManyRoutes(100_000);
    expect(await readTable2(api, 0)).toHaveLength(before + 100_000);
  });
});

describe('GetIpForwardEntry2', () => {
  it('fills the row, with its age', () => {
    const { api, advance } = rig('office');
    advance(90);
    const bytes = row2('0.0.0.0/0', '10.20.0.1', { metric: 5, protocol: 9 });
    expect(api.getIpForwardEntry2(bytes)).toBe(0);
    expect(decodeForwardRow2(dataView(bytes))).toMatchObject({ metric: 0, protocol: 3, origin: 2, age: 90 });
  });

  it('returns 87 and 1168 as the writes do', () => {
    const { api } = rig('office');
    expect(api.getIpForwardEntry2(new Uint8Array(104))).toBe(87);
    expect(api.getIpForwardEntry2(row2('0.0.0.0/0', '10.20.0.2'))).toBe(1168);
    expect(api.getIpForwardEntry2(row2('0.0.0.0/0', '10.20.0.1', { interfaceIndex: 99 }))).toBe(1168);
  });
});

describe('GetIfTable2 and GetIfEntry2', () => {
  it('lay an interface out as MIB_IF_ROW2', async () => {
    const { api } = rig('datacenter');
    const row = new Uint8Array(MIB_IF_ROW2.size);
    dataView(row).setUint32(8, 9, true);
    expect(api.getIfEntry2(row)).toBe(0);
    const view = dataView(row);
    expect(view.getBigUint64(0, true)).toBe((6n << 48n) | (0x8003n << 24n));
    expect(Buffer.from(row.subarray(12, 28)).toString('hex')).toBe('40fc296b47ca6710b30300dd01060001');
    const text = Buffer.from(row.subarray(28, 28 + 36)).toString('utf16le');
    expect(text.slice(0, 18)).toBe('Réseau de gestion\0');
    expect(view.getUint32(1056, true)).toBe(6);
    expect([...row.subarray(1060, 1063)]).toEqual([0x00, 0x15, 0x5d]);
    expect([1124, 1128, 1156, 1160].map((offset) => view.getUint32(offset, true))).toEqual([1500, 6, 1, 1]);
    expect(view.getBigUint64(1192, true)).toBe(1_000_000_000n);
    const indexes = consume(await api.getIfTable2(), (table) =>
      rowOffsets(table, table2Rows(MIB_IF_ROW2)).map((offset) => table.getUint32(offset + 8, true)),
    );
    expect(indexes).toEqual([1, 4, 6, 9]);
  });

  it('show an interface without a link as down and enabled', () => {
    const { api } = rig('office');
    const row = new Uint8Array(MIB_IF_ROW2.size);
    dataView(row).setUint32(8, 8, true);
    api.getIfEntry2(row);
    expect([1156, 1160].map((offset) => dataView(row).getUint32(offset, true))).toEqual([2, 1]);
  });

  it('return 2 for an unknown interface and 87 for none', () => {
    const { api } = rig('office');
    const row = new Uint8Array(MIB_IF_ROW2.size);
    expect(api.getIfEntry2(row)).toBe(87);
    expect(api.getIfEntry2(row.subarray(1))).toBe(87);
    dataView(row).setUint32(8, 99, true);
    expect(api.getIfEntry2(row)).toBe(2);
  });
});

describe('GetIpInterfaceEntry', () => {
  const ask = (family: number, index: number): Uint8Array => {
    const row = new Uint8Array(MIB_IPINTERFACE_ROW.size);
    dataView(row).setUint16(0, family, true);
    dataView(row).setUint32(16, index, true);
    return row;
  };

  it('tells the metric of the family', () => {
    const { api } = rig('branch-vpn');
    const row = ask(2, 17);
    expect(api.getIpInterfaceEntry(row)).toBe(0);
    expect([dataView(row).getUint32(148, true), dataView(row).getUint32(152, true), row[44], row[156]]).toEqual([5, 1420, 0, 1]);
    api.control.setInterfaceMetric('Contoso VPN', 77, 4);
    api.getIpInterfaceEntry(row);
    expect(dataView(row).getUint32(148, true)).toBe(77);
  });

  it('tells an interface that is unknown (2), a family that is not bound (1168) and bad members (87) apart', () => {
    const { api } = rig('branch-vpn');
    expect(api.getIpInterfaceEntry(ask(2, 99))).toBe(2);
    expect(api.getIpInterfaceEntry(ask(23, 17))).toBe(1168);
    expect(api.getIpInterfaceEntry(ask(0, 17))).toBe(87);
    expect(api.getIpInterfaceEntry(ask(2, 0))).toBe(87);
    expect(api.getIpInterfaceEntry(new Uint8Array(167))).toBe(87);
  });
});

describe('GetUnicastIpAddressTable', () => {
  it('has the addresses of the families that are bound, link-local ones with their zone', async () => {
    const { api } = rig('office');
    api.control.unbind('Wi-Fi', 6);
    const addresses = consume(await api.getUnicastIpAddressTable(0), (view) =>
      rowOffsets(view, table2Rows(MIB_UNICASTIPADDRESS_ROW)).map((offset) => {
        const address = decodeSockaddr(view, offset);
        return `${address && formatAddress(address)}/${view.getUint8(offset + 60)} on ${view.getUint32(offset + 40, true)}`;
      }),
    );
    expect(addresses).toEqual([
      '127.0.0.1/8 on 1',
      '::1/128 on 1',
      '10.20.0.10/16 on 12',
      '2001:db8:20::a/64 on 12',
      'fe80::a:1%12/64 on 12',
    ]);
  });

  it('returns 87, 50 and 1168 as the route table does', async () => {
    const { api } = rig('ipv4-only');
    expect(await api.getUnicastIpAddressTable(99)).toEqual({ code: 87 });
    expect(await api.getUnicastIpAddressTable(23)).toEqual({ code: 50 });
    for (const alias of ['Ethernet', 'Loopback Pseudo-Interface 1']) api.control.unbind(alias, 4);
    expect(await api.getUnicastIpAddressTable(2)).toEqual({ code: 1168 });
  });
});
