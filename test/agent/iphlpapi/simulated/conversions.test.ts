import { describe, expect, it } from 'vitest';
import { dataView } from '../../../../agent/iphlpapi/row-codec.js';
import { luid, rig } from './rows.js';

describe('conversions of interface names', () => {
  it('lead from each name to the others', () => {
    const { api } = rig('datacenter');
    const storage = api.control.interface('Storage');
    const fromIndex = new Uint8Array(8);
    const fromGuid = new Uint8Array(8);
    const index = new Uint8Array(4);
    const alias = new Uint8Array(514);
    expect(api.convertInterfaceIndexToLuid(6, fromIndex)).toBe(0);
    expect(api.convertInterfaceGuidToLuid(storage.guid, fromGuid)).toBe(0);
    expect(api.convertInterfaceLuidToIndex(luid(storage.luid), index)).toBe(0);
    expect(api.convertInterfaceLuidToAlias(luid(storage.luid), alias)).toBe(0);
    expect(fromIndex).toEqual(luid(storage.luid));
    expect(fromGuid).toEqual(luid(storage.luid));
    expect(dataView(index).getUint32(0, true)).toBe(6);
    expect(Buffer.from(alias).toString('utf16le').split('\0')[0]).toBe('Storage');
  });

  it('return 2 for an unknown index, 87 for an unknown LUID or GUID', () => {
    const { api } = rig('office');
    expect(api.convertInterfaceIndexToLuid(99, new Uint8Array(8))).toBe(2);
    expect(api.convertInterfaceIndexToLuid(0, new Uint8Array(8))).toBe(2);
    expect(api.convertInterfaceGuidToLuid(new Uint8Array(16), new Uint8Array(8))).toBe(87);
    expect(api.convertInterfaceLuidToIndex(luid(1n), new Uint8Array(4))).toBe(87);
    expect(api.convertInterfaceLuidToIndex(luid(0n), new Uint8Array(4))).toBe(87);
    expect(api.convertInterfaceLuidToAlias(luid(1n), new Uint8Array(514))).toBe(87);
  });

  it('return 8 for an alias that does not fit, 87 for other short memory', () => {
    const { api } = rig('office');
    const { luid: ethernet, guid } = api.control.interface('Ethernet');
    expect(api.convertInterfaceLuidToAlias(luid(ethernet), new Uint8Array(16))).toBe(8);
    expect(api.convertInterfaceLuidToAlias(luid(ethernet), new Uint8Array(18))).toBe(0);
    expect(api.convertInterfaceLuidToIndex(luid(ethernet), new Uint8Array(3))).toBe(87);
    expect(api.convertInterfaceGuidToLuid(guid, new Uint8Array(7))).toBe(87);
    expect(api.convertInterfaceIndexToLuid(12, new Uint8Array(7))).toBe(87);
  });

  it('know the new alias after a rename', () => {
    const { api } = rig('office');
    api.control.renameInterface('Ethernet', 'Büro 2');
    const alias = new Uint8Array(514);
    api.convertInterfaceLuidToAlias(luid(api.control.interface('Büro 2').luid), alias);
    expect(Buffer.from(alias).toString('utf16le').split('\0')[0]).toBe('Büro 2');
  });
});
