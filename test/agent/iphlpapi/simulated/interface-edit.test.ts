import { describe, expect, it } from 'vitest';
import { dataView } from '../../../../agent/iphlpapi/row-codec.js';
import type { SimulatedIphlpapi } from '../../../../agent/iphlpapi/simulated/simulated-iphlpapi.js';
import { identity, luid, rig, row2 } from './rows.js';

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const identities = (api: SimulatedIphlpapi): string[] => api.control.routes().map(identity).toSorted();

/** "Add 4 on 12" for every interface event, "Delete … on 12" for addresses, and the number of route events by type. */
function listen(api: SimulatedIphlpapi): { interfaces: string[]; addresses: string[]; routes: number[] } {
  const types = ['Parameter', 'Add', 'Delete'];
  const seen = { interfaces: [] as string[], addresses: [] as string[], routes: [0, 0, 0] };
  api.notifyIpInterfaceChange(
    0,
    (row, type) => {
      const view = dataView(row as Uint8Array);
      seen.interfaces.push(`${types[type]} ${view.getUint16(0, true)} on ${view.getUint32(16, true)}`);
    },
    false,
  );
  api.notifyUnicastIpAddressChange(
    0,
    (row, type) => seen.addresses.push(`${types[type]} on ${dataView(row as Uint8Array).getUint32(40, true)}`),
    false,
  );
  api.notifyRouteChange2(
    0,
    (_, type) => {
      seen.routes[type] = (seen.routes[type] ?? 0) + 1;
    },
    false,
  );
  return seen;
}

describe('link down and up', () => {
  it('takes every row of the interface, and brings back those of the system and the configuration alone', async () => {
    const { api } = rig('office');
    const before = identities(api);
    api.createIpForwardEntry2(row2('192.0.2.0/24', '10.20.0.1'));
    const seen = listen(api);
    api.control.setInterfaceUp('Ethernet', false);
    expect(identities(api).filter((row) => row.endsWith('on 12'))).toEqual([]);
    expect(identities(api).filter((row) => row.endsWith('on 1'))).toHaveLength(7);
    api.control.setInterfaceUp('Ethernet', true);
    expect(identities(api)).toEqual(before);
    await nextTurn();
    expect(seen.interfaces).toEqual(['Parameter 2 on 12', 'Parameter 23 on 12', 'Parameter 2 on 12', 'Parameter 23 on 12']);
    expect(seen.routes).toEqual([0, 13, 14]);
  });

  it('brings back a configured route that was deleted', () => {
    const { api } = rig('office');
    api.deleteIpForwardEntry2(row2('0.0.0.0/0', '10.20.0.1'));
    api.control.setInterfaceUp('Ethernet', false);
    api.control.setInterfaceUp('Ethernet', true);
    expect(identities(api)).toContain('0.0.0.0/0 via 10.20.0.1 on 12');
  });
});

describe('an interface that is pulled out and put in again', () => {
  it('takes all with it, and keeps LUID and GUID under another index', async () => {
    const { api } = rig('office');
    const { profile, luid: ethernet } = api.control.interface('Ethernet');
    const seen = listen(api);
    api.control.removeInterface('Ethernet');
    expect(api.convertInterfaceLuidToIndex(luid(ethernet), new Uint8Array(4))).toBe(87);
    expect(api.createIpForwardEntry2(row2('192.0.2.0/24', '0.0.0.0', { interfaceLuid: ethernet }))).toBe(1168);
    api.control.addInterface({ ...profile, index: 31 });
    const index = new Uint8Array(4);
    expect(api.convertInterfaceLuidToIndex(luid(ethernet), index)).toBe(0);
    expect(dataView(index).getUint32(0, true)).toBe(31);
    expect(identities(api)).toContain('0.0.0.0/0 via 10.20.0.1 on 31');
    await nextTurn();
    expect(seen.interfaces).toEqual(['Delete 2 on 12', 'Delete 23 on 12', 'Add 2 on 31', 'Add 23 on 31']);
    expect(seen.addresses).toEqual([...Array(3).fill('Delete on 12'), ...Array(3).fill('Add on 31')]);
    expect(seen.routes).toEqual([0, 13, 13]);
  });

  it('is refused while alias, LUID or index are taken', () => {
    const { api } = rig('office');
    const { profile } = api.control.interface('Ethernet');
    expect(() => api.control.addInterface({ ...profile, alias: 'Ethernet 2', index: 31 })).toThrow('taken');
    expect(() => api.control.removeInterface('nope')).toThrow('nope');
  });
});

describe('an adapter that is switched off', () => {
  it('has no family bound until it comes up', () => {
    const { api } = rig('office');
    const { profile } = api.control.interface('Ethernet');
    api.control.addInterface({ ...profile, alias: 'Spare', index: 40, luidIndex: 0x9000, status: 'disabled' });
    const spare = row2('192.0.2.0/24', '0.0.0.0', { interfaceIndex: 40 });
    expect(api.createIpForwardEntry2(spare)).toBe(1168);
    api.control.setInterfaceUp('Spare', true);
    expect(api.createIpForwardEntry2(spare)).toBe(0);
    expect(api.control.interface('Spare')).toMatchObject({ up: true, enabled: true });
  });
});

describe('bindings and metrics', () => {
  it('unbinds a family with its routes and addresses, and binds it again', async () => {
    const { api } = rig('office');
    const before = identities(api);
    const seen = listen(api);
    api.control.unbind('Ethernet', 6);
    expect(identities(api)).toEqual(before.filter((row) => !(row.includes('::') && row.endsWith('on 12'))));
    api.control.unbind('Ethernet', 6);
    api.control.bind('Ethernet', 6);
    api.control.bind('Ethernet', 6);
    expect(identities(api)).toEqual(before);
    await nextTurn();
    expect(seen.interfaces).toEqual(['Delete 23 on 12', 'Add 23 on 12']);
    expect(seen.addresses).toEqual(['Delete on 12', 'Delete on 12', 'Add on 12', 'Add on 12']);
    expect(() => rig('branch-vpn').api.control.bind('Contoso VPN', 6)).toThrow('IPv6');
  });

  it('changes metrics with a parameter notification for the families that change', async () => {
    const { api } = rig('office');
    const seen = listen(api);
    api.control.setInterfaceMetric('Ethernet', 40, 6);
    api.control.setInterfaceMetric('Ethernet', 41);
    api.control.renameInterface('Ethernet', 'LAN');
    await nextTurn();
    expect(seen.interfaces).toEqual(['Parameter 23 on 12', 'Parameter 2 on 12', 'Parameter 23 on 12']);
    expect(api.control.interface('LAN').bindings.get(6)).toEqual({ metric: 41, automaticMetric: false, forwarding: false });
  });
});
