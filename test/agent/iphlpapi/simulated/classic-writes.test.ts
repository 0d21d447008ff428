import { describe, expect, it } from 'vitest';
import { hostProfile } from '../../../../agent/iphlpapi/simulated/profiles.js';
import type { SimulatedIphlpapi } from '../../../../agent/iphlpapi/simulated/simulated-iphlpapi.js';
import { formatAddress } from '../../../../proto/address.js';
import { formatPrefix } from '../../../../proto/prefix.js';
import { classicRow, readClassic, rig, row2 } from './rows.js';

const hop = '10.20.0.1';
const net = (members: Parameters<typeof classicRow>[3] = {}): Uint8Array => classicRow('192.0.2.0', '255.255.255.0', hop, members);
const gateway = (members: Parameters<typeof classicRow>[3] = {}): Uint8Array => classicRow('0.0.0.0', '0.0.0.0', hop, members);

function rowOf(api: SimulatedIphlpapi, prefix: string): ReturnType<SimulatedIphlpapi['control']['routes']>[number] | undefined {
  return api.control.routes().find((row) => formatPrefix(row.destinationPrefix) === prefix);
}

describe('CreateIpForwardEntry', () => {
  it('takes Metric1 as interface metric plus route metric, and ignores Type, Age, Policy and the other metrics', () => {
    const { api } = rig('office');
    const bytes = net({ metric1: 32, type: 2, age: 5 });
    bytes.fill(7, 8, 12).fill(7, 32, 36).fill(7, 40, 56);
    expect(api.createIpForwardEntry(bytes)).toBe(0);
    expect(rowOf(api, '192.0.2.0/24')).toMatchObject({ metric: 7, protocol: 3, validLifetime: 0xffff_ffff, age: 0 });
  });

  it('takes Metric1 equal to the interface metric as route metric 0, and returns 160 below it', () => {
    const { api } = rig('office');
    expect(api.createIpForwardEntry(net({ metric1: 24 }))).toBe(160);
    expect(rowOf(api, '192.0.2.0/24')).toBeUndefined();
    expect(api.createIpForwardEntry(net({ metric1: 25 }))).toBe(0);
    expect(rowOf(api, '192.0.2.0/24')?.metric).toBe(0);
    api.control.setInterfaceMetric('Ethernet', 60);
    expect(api.createIpForwardEntry(classicRow('198.51.100.0', '255.255.255.0', hop, { metric1: 59 }))).toBe(160);
  });

  it.each(['10.20.0.10', '0.0.0.0'])('takes next hop %s as on-link', (own) => {
    const { api } = rig('office');
    expect(api.createIpForwardEntry(classicRow('192.0.2.0', '255.255.255.0', own))).toBe(0);
    const row = rowOf(api, '192.0.2.0/24');
    expect(row && formatAddress(row.nextHop)).toBe('0.0.0.0');
  });

  it('returns 5010 for an existing key, also one that the …2 functions made', () => {
    const { api } = rig('office');
    api.createIpForwardEntry2(row2('192.0.2.0/24', hop));
    expect(api.createIpForwardEntry(net({ metric1: 90 }))).toBe(5010);
    expect(api.createIpForwardEntry(classicRow('192.0.2.0', '255.255.255.0', '10.20.0.2'))).toBe(0);
  });

  it.each([
    ['short memory', new Uint8Array(55)],
    ['another protocol', net({ protocol: 2 })],
    ['a mask with a hole', classicRow('192.0.2.0', '255.0.255.0', hop)],
    ['host bits', classicRow('192.0.2.1', '255.255.255.0', hop)],
    ['an unknown interface', net({ interfaceIndex: 99 })],
    ['interface 0', net({ interfaceIndex: 0 })],
  ])('returns 87 for %s', (_, bytes) => {
    expect(rig('office').api.createIpForwardEntry(bytes)).toBe(87);
  });

  it('returns 1168 where IPv4 is not bound', () => {
    const { api } = rig('office');
    api.control.unbind('Ethernet', 4);
    expect(api.createIpForwardEntry(net())).toBe(1168);
  });
});

describe('SetIpForwardEntry', () => {
  it('changes the metric of an existing row', () => {
    const { api } = rig('office');
    expect(api.setIpForwardEntry(gateway({ metric1: 75 }))).toBe(0);
    expect(rowOf(api, '0.0.0.0/0')).toMatchObject({ metric: 50, origin: 2 });
  });

  it('returns 0 and leaves the metric where Metric1 is unused', () => {
    const { api } = rig('office');
    api.control.setQuirks({ classicSetIgnoresMetric: true });
    expect(api.setIpForwardEntry(gateway({ metric1: 75 }))).toBe(0);
    expect(rowOf(api, '0.0.0.0/0')?.metric).toBe(0);
    expect(api.setIpForwardEntry(classicRow('0.0.0.0', '0.0.0.0', '10.20.0.9'))).toBe(1168);
  });

  it('returns 160 below the interface metric and changes nothing', () => {
    const { api } = rig('office');
    expect(api.setIpForwardEntry(gateway({ metric1: 24 }))).toBe(160);
    expect(rowOf(api, '0.0.0.0/0')?.metric).toBe(0);
  });

  it('returns 2 for an unknown interface and 87 for another protocol', () => {
    const { api } = rig('office');
    expect(api.setIpForwardEntry(gateway({ interfaceIndex: 99 }))).toBe(2);
    expect(api.setIpForwardEntry(gateway({ interfaceIndex: 0 }))).toBe(2);
    expect(api.setIpForwardEntry(gateway({ protocol: 4 }))).toBe(87);
    expect(api.setIpForwardEntry(new Uint8Array(3))).toBe(87);
  });

  it("is the document's example: 1168 after a delete of the same row, and create new then delete old instead", async () => {
    const { api } = rig('office');
    const old = (await readClassic(api)).find(({ mask }) => formatAddress({ family: 4, bytes: mask, scopeId: 0 }) === '0.0.0.0');
    expect(old).toMatchObject({ metric1: 25, type: 4, protocol: 3 });
    expect(api.deleteIpForwardEntry(gateway())).toBe(0);
    expect(api.setIpForwardEntry(gateway())).toBe(1168);
    expect(api.setIpForwardEntry(classicRow('0.0.0.0', '0.0.0.0', '10.20.0.2'))).toBe(1168);
    expect(api.createIpForwardEntry(gateway())).toBe(0);
    expect(api.createIpForwardEntry(classicRow('0.0.0.0', '0.0.0.0', '10.20.0.2'))).toBe(0);
    expect(api.deleteIpForwardEntry(gateway())).toBe(0);
    const row = rowOf(api, '0.0.0.0/0');
    expect(row && formatAddress(row.nextHop)).toBe('10.20.0.2');
  });
});

describe('DeleteIpForwardEntry', () => {
  it('deletes a row as the classic table shows it, on-link ones with the own address', () => {
    const { api } = rig('office');
    api.createIpForwardEntry2(row2('192.0.2.0/24', '0.0.0.0'));
    expect(api.deleteIpForwardEntry(classicRow('192.0.2.0', '255.255.255.0', '10.20.0.10', { metric1: 0 }))).toBe(0);
    expect(rowOf(api, '192.0.2.0/24')).toBeUndefined();
  });

  it('returns 1168 for another prefix, next hop or protocol of the row, and for an interface that is gone', () => {
    const { api } = rig('office');
    expect(api.deleteIpForwardEntry(net())).toBe(1168);
    expect(api.deleteIpForwardEntry(classicRow('0.0.0.0', '0.0.0.0', '10.20.0.2'))).toBe(1168);
    expect(api.deleteIpForwardEntry(gateway({ interfaceIndex: 99 }))).toBe(1168);
    api.createIpForwardEntry2(row2('192.0.2.0/24', hop, { protocol: 14 }));
    expect(api.deleteIpForwardEntry(net())).toBe(1168);
  });

  it('cannot delete the rows of the system, which have another protocol', () => {
    const { api } = rig('office');
    const own = classicRow('10.20.0.10', '255.255.255.255', '10.20.0.10');
    expect(api.deleteIpForwardEntry(own)).toBe(1168);
    own[24] = 2;
    expect(api.deleteIpForwardEntry(own)).toBe(87);
  });

  it('returns 87 for a bad mask and for interface 0', () => {
    const { api } = rig('office');
    expect(api.deleteIpForwardEntry(classicRow('0.0.0.0', '0.0.0.255', hop))).toBe(87);
    expect(api.deleteIpForwardEntry(gateway({ interfaceIndex: 0 }))).toBe(87);
  });
});

describe('all classic writes', () => {
  const writes = ['createIpForwardEntry', 'setIpForwardEntry', 'deleteIpForwardEntry'] as const;

  it.each(writes)('%s returns 5 without elevation', (write) => {
    const { api } = rig('office');
    api.control.setElevated(false);
    expect(api[write](gateway())).toBe(5);
    expect(rowOf(api, '0.0.0.0/0')).toBeDefined();
  });

  it.each(writes)('%s returns 87 on an interface with several sub-interfaces, where the …2 functions work', (write) => {
    const { api } = rig('office');
    const team = hostProfile('datacenter').interfaces.find(({ alias }) => alias === 'Storage');
    if (team === undefined) throw new Error('no Storage');
    api.control.addInterface({ ...team, index: 20, singleSubInterface: false, luidIndex: 0x9000 });
    expect(api.createIpForwardEntry2(row2('192.0.2.0/24', '10.40.0.1', { interfaceIndex: 20 }))).toBe(0);
    expect(api[write](classicRow('192.0.2.0', '255.255.255.0', '10.40.0.1', { interfaceIndex: 20, metric1: 90 }))).toBe(87);
  });

  it.each(writes)('%s reports success and does nothing where writes are stubs', (write) => {
    const { api } = rig('office');
    api.control.setQuirks({ stubWrites: true });
    const before = api.control.routes();
    expect(api[write](write === 'createIpForwardEntry' ? net() : gateway({ metric1: 99 }))).toBe(0);
    expect(api.control.routes()).toEqual(before);
  });
});
