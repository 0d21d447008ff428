import { describe, expect, it } from 'vitest';
import type { NotificationHandle } from '../../../../agent/iphlpapi/iphlpapi.js';
import { dataView, decodeForwardRow2 } from '../../../../agent/iphlpapi/row-codec.js';
import type { SimulatedIphlpapi } from '../../../../agent/iphlpapi/simulated/simulated-iphlpapi.js';
import { identity, rig, row2 } from './rows.js';

const types = ['Parameter', 'Add', 'Delete', 'Initial'];
const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function listen(api: SimulatedIphlpapi, family = 0, initial = false): { handle: NotificationHandle; events: string[] } {
  const events: string[] = [];
  const { code, handle } = api.notifyRouteChange2(
    family,
    (bytes, type) => {
      const row = bytes && decodeForwardRow2(dataView(bytes));
      events.push(`${types[type]} ${row ? identity(row) : row}`);
    },
    initial,
  );
  if (handle === undefined) throw new Error(`NotifyRouteChange2: ${code}`);
  return { handle, events };
}

describe('NotifyRouteChange2', () => {
  it('tells of create, set and delete, from outside the call', async () => {
    const { api } = rig('office');
    const { events } = listen(api);
    api.createIpForwardEntry2(row2('192.0.2.0/24', '10.20.0.1'));
    api.setIpForwardEntry2(row2('192.0.2.0/24', '10.20.0.1', { metric: 4 }));
    api.deleteIpForwardEntry2(row2('192.0.2.0/24', '10.20.0.1'));
    expect(events).toEqual([]);
    await nextTurn();
    expect(events).toEqual(['Add', 'Parameter', 'Delete'].map((type) => `${type} 192.0.2.0/24 via 10.20.0.1 on 12`));
  });

  it('carries only prefix, next hop, LUID and index, in memory of its own for each', async () => {
    const { api } = rig('office');
    const rows: Uint8Array[] = [];
    for (let count = 0; count < 2; count++) api.notifyRouteChange2(2, (row) => row && rows.push(row), false);
    api.createIpForwardEntry2(row2('192.0.2.0/24', '10.20.0.1', { metric: 9, publish: true }));
    await nextTurn();
    expect(rows).toHaveLength(2);
    expect(rows[0]).not.toBe(rows[1]);
    expect(rows[0]).toHaveLength(104);
    expect(rows[0]?.subarray(72).every((byte) => byte === 0)).toBe(true);
    const row = decodeForwardRow2(dataView(rows[0] as Uint8Array));
    expect(row).toMatchObject({ interfaceLuid: api.control.interface('Ethernet').luid, interfaceIndex: 12, metric: 0 });
  });

  it('sends the initial notification with no row, if asked', async () => {
    const { api } = rig('office');
    const asked = listen(api, 0, true);
    const silent = listen(api, 0, false);
    await nextTurn();
    expect(asked.events).toEqual(['Initial null']);
    expect(silent.events).toEqual([]);
  });

  it('keeps to the family', async () => {
    const { api } = rig('office');
    const v4 = listen(api, 2);
    const v6 = listen(api, 23);
    api.createIpForwardEntry2(row2('192.0.2.0/24', '0.0.0.0'));
    api.createIpForwardEntry2(row2('2001:db8:1::/48', '::'));
    await nextTurn();
    expect(v4.events).toEqual(['Add 192.0.2.0/24 via 0.0.0.0 on 12']);
    expect(v6.events).toEqual(['Add 2001:db8:1::/48 via :: on 12']);
    expect(api.notifyRouteChange2(7, () => undefined, false)).toEqual({ code: 87 });
  });

  it('tells of the edits of other programs and of failed calls nothing', async () => {
    const { api } = rig('office');
    const { events } = listen(api);
    api.control.addRoute({ destinationPrefix: '192.0.2.0/24', interfaceAlias: 'Ethernet' });
    api.createIpForwardEntry2(row2('192.0.2.0/24', '0.0.0.0'));
    api.deleteIpForwardEntry2(row2('192.0.9.0/24', '0.0.0.0'));
    await nextTurn();
    expect(events).toEqual(['Add 192.0.2.0/24 via 0.0.0.0 on 12']);
  });
});

describe('CancelMibChangeNotify2', () => {
  it('delivers nothing afterwards, not even what was under way', async () => {
    const { api } = rig('office');
    const { handle, events } = listen(api);
    const other = listen(api);
    expect(api.control.registrations).toBe(2);
    api.createIpForwardEntry2(row2('192.0.2.0/24', '0.0.0.0'));
    expect(await api.cancelMibChangeNotify2(handle)).toBe(0);
    api.createIpForwardEntry2(row2('192.0.3.0/24', '0.0.0.0'));
    await nextTurn();
    expect(events).toEqual([]);
    expect(other.events).toHaveLength(2);
    expect(api.control.registrations).toBe(1);
  });

  it('resolves only after callbacks that were queued before have run', async () => {
    const { api } = rig('office');
    const other = listen(api);
    const { handle } = listen(api);
    api.createIpForwardEntry2(row2('192.0.2.0/24', '0.0.0.0'));
    await api.cancelMibChangeNotify2(handle);
    expect(other.events).toHaveLength(1);
  });

  it('may be called from within a callback', async () => {
    const { api } = rig('office');
    let calls = 0;
    let done: Promise<number> | undefined;
    const { handle } = api.notifyRouteChange2(
      0,
      () => {
        calls++;
        if (handle) done = api.cancelMibChangeNotify2(handle);
      },
      false,
    );
    api.control.addManyRoutes(3);
    await nextTurn();
    expect(await done).toBe(0);
    expect(calls).toBe(1);
  });

  it('returns 87 for a handle that is unknown or cancelled', async () => {
    const { api } = rig('office');
    const { handle } = listen(api);
    expect(await api.cancelMibChangeNotify2({ kind: 'notification-handle' })).toBe(87);
    expect(await api.cancelMibChangeNotify2(handle)).toBe(0);
    expect(await api.cancelMibChangeNotify2(handle)).toBe(87);
  });
});
