import { performance } from 'node:perf_hooks';
import { describe, expect, it } from 'vitest';
import { iphlpapiFunctions } from '../../../../agent/iphlpapi/iphlpapi.js';
import { dataView } from '../../../../agent/iphlpapi/row-codec.js';
import { classicRow, rig, row2 } from './rows.js';

describe('faults', () => {
  it('hit the n-th call from now, without effect, and only that one', () => {
    const { api } = rig('office');
    api.createIpForwardEntry2(row2('192.0.0.0/24', '0.0.0.0'));
    api.control.fail('CreateIpForwardEntry2', { call: 2, code: 8 });
    const codes = [1, 2, 3].map((third) => api.createIpForwardEntry2(row2(`192.0.${third}.0/24`, '0.0.0.0')));
    expect(codes).toEqual([0, 8, 0]);
    expect(api.getIpForwardEntry2(row2('192.0.2.0/24', '0.0.0.0'))).toBe(1168);
    expect(api.control.calls('CreateIpForwardEntry2')).toBe(4);
  });

  it('hit every call until they are cleared', () => {
    const { api } = rig('office');
    api.control.fail('DeleteIpForwardEntry', { call: 'every', code: 1168 });
    const gateway = classicRow('0.0.0.0', '0.0.0.0', '10.20.0.1');
    expect([api.deleteIpForwardEntry(gateway), api.deleteIpForwardEntry(gateway)]).toEqual([1168, 1168]);
    api.control.clearFaults();
    expect(api.deleteIpForwardEntry(gateway)).toBe(0);
  });

  it('take the shape that the function has', async () => {
    const { api } = rig('office');
    for (const name of ['GetIpForwardTable2', 'GetIpForwardTable', 'NotifyRouteChange2'] as const) {
      api.control.fail(name, { call: 1, code: 8 });
    }
    expect(await api.getIpForwardTable2(0)).toEqual({ code: 8 });
    expect(await api.getIpForwardTable(null, new Uint8Array(4), false)).toBe(8);
    expect(api.notifyRouteChange2(0, () => undefined, false)).toEqual({ code: 8 });
    expect(api.control.registrations).toBe(0);
  });
});

describe('delays', () => {
  it('hold an asynchronous function back, which then reads the host as it is', async () => {
    const { api } = rig('office');
    api.control.delay('GetIpForwardTable2', 30);
    const start = performance.now();
    const pending = api.getIpForwardTable2(2);
    const rows = api.control.routes().filter((row) => row.nextHop.family === 4).length;
    api.control.addManyRoutes(5);
    const { table } = await pending;
    expect(performance.now() - start).toBeGreaterThan(25);
    expect(table && dataView(table.bytes).getUint32(0, true)).toBe(rows + 5);
  });
});

describe('a library that lacks functions', () => {
  it('answers 127 for them, and lists them sorted', async () => {
    const { api } = rig('legacy');
    expect(api.missing).toEqual(api.missing.toSorted());
    const present = iphlpapiFunctions.filter((name) => !api.missing.includes(name));
    expect(present).toEqual(['CreateIpForwardEntry', 'DeleteIpForwardEntry', 'GetBestRoute', 'GetIpForwardTable', 'SetIpForwardEntry']);
    expect(api.createIpForwardEntry2(row2('192.0.2.0/24', '0.0.0.0', { interfaceIndex: 3 }))).toBe(127);
    expect(await api.getIpForwardTable2(2)).toEqual({ code: 127 });
    expect(api.notifyRouteChange2(0, () => undefined, false)).toEqual({ code: 127 });
    expect(await api.cancelMibChangeNotify2({ kind: 'notification-handle' })).toBe(127);
    const untouched = new Uint8Array(104).fill(1);
    api.initializeIpForwardEntry(untouched);
    expect(untouched.every((byte) => byte === 1)).toBe(true);
    expect(api.createIpForwardEntry(classicRow('192.0.2.0', '255.255.255.0', '10.70.0.1', { interfaceIndex: 3 }))).toBe(0);
  });
});
