import { describe, expect, it } from 'vitest';
import { rig } from './rows.js';

describe('tables of the …2 family', () => {
  it('are fresh memory, poisoned by free', async () => {
    const { api } = rig('office');
    const [first, second] = [await api.getIpForwardTable2(2), await api.getIpForwardTable2(2)];
    expect(first.table?.bytes.buffer).not.toBe(second.table?.bytes.buffer);
    first.table?.free();
    expect(first.table?.bytes.every((byte) => byte === 0xdd)).toBe(true);
    expect(second.table?.bytes.some((byte) => byte !== 0xdd)).toBe(true);
  });

  it('are counted until they are freed', async () => {
    const { api } = rig('office');
    const routes = await api.getIpForwardTable2(0);
    const interfaces = await api.getIfTable2();
    const addresses = await api.getUnicastIpAddressTable(0);
    expect(api.control.openTables).toBe(3);
    for (const { table } of [routes, interfaces, addresses]) table?.free();
    expect(api.control.openTables).toBe(0);
    expect(api.control.calls('FreeMibTable')).toBe(3);
  });

  it('do not change with the host, and a failed call leaves none open', async () => {
    const { api } = rig('office');
    const { table } = await api.getIpForwardTable2(0);
    const before = table?.bytes.slice();
    api.control.setInterfaceUp('Ethernet', false);
    expect(table?.bytes).toEqual(before);
    await api.getIpForwardTable2(99);
    expect(api.control.openTables).toBe(1);
  });

  it('throw when they are freed twice', async () => {
    const { table } = await rig('office').api.getIfTable2();
    table?.free();
    expect(() => table?.free()).toThrow('twice');
  });
});
