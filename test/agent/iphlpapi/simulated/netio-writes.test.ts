import { describe, expect, it } from 'vitest';
import { dataView, decodeForwardRow2 } from '../../../../agent/iphlpapi/row-codec.js';
import { identity, readTable2, rig, row2 } from './rows.js';

const prefix = '192.0.2.0/24';
const hop = '10.20.0.1';

async function find(api: Parameters<typeof readTable2>[0], wanted: string): Promise<Awaited<ReturnType<typeof readTable2>>[number]> {
  const found = (await readTable2(api, 0)).find((row) => identity(row).startsWith(`${wanted} `));
  if (found === undefined) throw new Error(`${wanted} is not in the table`);
  return found;
}

describe('CreateIpForwardEntry2', () => {
  it('adds a row that every read shows, with the members of the system set by the system', async () => {
    const { api } = rig('office');
    expect(api.createIpForwardEntry2(row2(prefix, hop, { metric: 7, age: 99, origin: 2 }))).toBe(0);
    const row = await find(api, prefix);
    expect(row).toMatchObject({ metric: 7, protocol: 3, age: 0, origin: 0, interfaceLuid: api.control.interface('Ethernet').luid });
    expect(api.getIpForwardEntry2(row2(prefix, hop))).toBe(0);
  });

  it('takes a row as Initialize leaves it once the key and the metric are set, as WireGuard does', async () => {
    const { api } = rig('office');
    const bytes = new Uint8Array(104);
    api.initializeIpForwardEntry(bytes);
    const set = row2('2001:db8:1::/48', 'fe80::1');
    bytes.set(set.subarray(0, 72));
    dataView(bytes).setUint32(84, 0, true);
    expect(api.createIpForwardEntry2(bytes)).toBe(0);
    expect(await find(api, '2001:db8:1::/48')).toMatchObject({
      protocol: 3,
      sitePrefixLength: 0,
      validLifetime: 0xffff_ffff,
      publish: true,
    });
  });

  it('lets the LUID win over an index that contradicts it', async () => {
    const { api } = rig('office');
    const { luid } = api.control.interface('Ethernet');
    expect(api.createIpForwardEntry2(row2(prefix, hop, { interfaceLuid: luid, interfaceIndex: 8 }))).toBe(0);
    expect((await find(api, prefix)).interfaceIndex).toBe(12);
  });

  it('returns 5010 for the same prefix, next hop and interface, whatever the metric', () => {
    const { api } = rig('office');
    api.createIpForwardEntry2(row2(prefix, hop));
    expect(api.createIpForwardEntry2(row2(prefix, hop, { metric: 9 }))).toBe(5010);
    expect(api.createIpForwardEntry2(row2(prefix, '10.20.0.2'))).toBe(0);
    expect(api.createIpForwardEntry2(row2(prefix, hop, { interfaceIndex: 8 }))).toBe(0);
  });

  it('takes the zone of a next hop for no part of the key', () => {
    const { api } = rig('office');
    expect(api.createIpForwardEntry2(row2('2001:db8:1::/48', 'fe80::1'))).toBe(0);
    expect(api.createIpForwardEntry2(row2('2001:db8:1::/48', 'fe80::1%12'))).toBe(5010);
  });

  it('returns 5 without elevation and writes nothing', () => {
    const { api } = rig('office');
    const rows = api.control.routes().length;
    api.control.setElevated(false);
    expect(api.isElevated()).toBe(false);
    expect(api.createIpForwardEntry2(row2(prefix, hop))).toBe(5);
    expect(api.setIpForwardEntry2(row2('0.0.0.0/0', hop, { metric: 3 }))).toBe(5);
    expect(api.deleteIpForwardEntry2(row2('0.0.0.0/0', hop))).toBe(5);
    expect(api.control.routes()).toHaveLength(rows);
  });

  const hostBits = row2('192.0.2.0/24', hop);
  hostBits[19] = 1;
  const tooLong = row2('192.0.2.0/24', hop);
  tooLong[40] = 33;
  const noFamily = row2('192.0.2.0/24', hop).fill(0, 12, 14);
  const noNextHop = row2('192.0.2.0/24', hop).fill(0, 44, 46);

  it.each([
    ['short memory', new Uint8Array(103)],
    ['host bits', hostBits],
    ['a length beyond the family', tooLong],
    ['no destination family', noFamily],
    ['no next hop family', noNextHop],
    ['neither LUID nor index', row2(prefix, hop, { interfaceIndex: 0 })],
    ['families that differ', row2(prefix, 'fe80::1')],
    ['preferred beyond valid', row2(prefix, hop, { preferredLifetime: 61, validLifetime: 60 })],
    ['a site prefix beyond the prefix', row2(prefix, hop, { sitePrefixLength: 25 })],
    ['no metric', row2(prefix, hop, { metric: 0xffff_ffff })],
    ['an unknown protocol', row2(prefix, hop, { protocol: 20 })],
  ])('returns 87 for %s', (_, bytes) => {
    const { api } = rig('office');
    expect(api.createIpForwardEntry2(bytes)).toBe(87);
  });

  it('returns 1168 for an unknown interface and for a family that is not bound', () => {
    const { api } = rig('branch-vpn');
    expect(api.createIpForwardEntry2(row2(prefix, hop, { interfaceIndex: 99 }))).toBe(1168);
    expect(api.createIpForwardEntry2(row2(prefix, hop, { interfaceLuid: 1n << 48n }))).toBe(1168);
    expect(api.createIpForwardEntry2(row2('2001:db8::/32', '::', { interfaceIndex: 17 }))).toBe(1168);
  });

  it('returns 50 for a family without a stack', () => {
    const { api } = rig('ipv4-only');
    expect(api.createIpForwardEntry2(row2('2001:db8::/32', '::', { interfaceIndex: 3 }))).toBe(50);
  });
});

describe('SetIpForwardEntry2', () => {
  it('changes the members of the row and leaves those of the system', async () => {
    const { api } = rig('office');
    expect(api.setIpForwardEntry2(row2('0.0.0.0/0', hop, { metric: 40, origin: 0, publish: true }))).toBe(0);
    expect(await find(api, '0.0.0.0/0')).toMatchObject({ metric: 40, publish: true, origin: 2 });
  });

  it('leaves what the caller left illegal', async () => {
    const { api } = rig('office');
    api.createIpForwardEntry2(row2(prefix, hop, { metric: 7, sitePrefixLength: 8, protocol: 14 }));
    api.setIpForwardEntry2(row2(prefix, hop, { metric: 0xffff_ffff, sitePrefixLength: 0xff, protocol: 0xffff_ffff }));
    expect(await find(api, prefix)).toMatchObject({ metric: 7, sitePrefixLength: 8, protocol: 14 });
  });

  it('never creates: 1168 for another next hop, interface or prefix', () => {
    const { api } = rig('office');
    expect(api.setIpForwardEntry2(row2('0.0.0.0/0', '10.20.0.2'))).toBe(1168);
    expect(api.setIpForwardEntry2(row2('0.0.0.0/0', hop, { interfaceIndex: 8 }))).toBe(1168);
    expect(api.setIpForwardEntry2(row2('0.0.0.0/1', hop))).toBe(1168);
    expect(api.setIpForwardEntry2(row2('0.0.0.0/0', hop, { interfaceIndex: 77 }))).toBe(1168);
  });

  it('returns 87 for lifetimes in the wrong order', () => {
    const { api } = rig('office');
    expect(api.setIpForwardEntry2(row2('0.0.0.0/0', hop, { preferredLifetime: 2, validLifetime: 1 }))).toBe(87);
  });
});

describe('DeleteIpForwardEntry2', () => {
  it('deletes by key, once', () => {
    const { api } = rig('office');
    expect(api.deleteIpForwardEntry2(row2('0.0.0.0/0', hop))).toBe(0);
    expect(api.deleteIpForwardEntry2(row2('0.0.0.0/0', hop))).toBe(1168);
    expect(api.getIpForwardEntry2(row2('0.0.0.0/0', hop))).toBe(1168);
  });

  it('returns 87 for short memory and 1168 for an unknown interface', () => {
    const { api } = rig('office');
    expect(api.deleteIpForwardEntry2(new Uint8Array(8))).toBe(87);
    expect(api.deleteIpForwardEntry2(row2('0.0.0.0/0', hop, { interfaceIndex: 77 }))).toBe(1168);
  });
});

describe('InitializeIpForwardEntry', () => {
  it('sets the documented values and zeroes the rest', () => {
    const { api } = rig('office');
    const bytes = new Uint8Array(104).fill(0xaa);
    api.initializeIpForwardEntry(bytes);
    expect(bytes.subarray(0, 72).every((byte) => byte === 0)).toBe(true);
    expect([...bytes.subarray(72, 73), ...bytes.subarray(76, 96)]).toEqual([0xff, ...Array(16).fill(0xff), 1, 1, 1, 1]);
    expect(decodeForwardRow2(dataView(bytes))).toBeUndefined();
  });
});

describe('writes that are stubs', () => {
  it('report success and do nothing', () => {
    const { api } = rig('office');
    api.control.setQuirks({ stubWrites: true });
    expect(api.createIpForwardEntry2(row2(prefix, hop))).toBe(0);
    expect(api.deleteIpForwardEntry2(row2('0.0.0.0/0', hop))).toBe(0);
    expect(api.getIpForwardEntry2(row2(prefix, hop))).toBe(1168);
    expect(api.control.routes().some((row) => row.destinationPrefix.length === 0 && row.nextHop.family === 4)).toBe(true);
  });
});
