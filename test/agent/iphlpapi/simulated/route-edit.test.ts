import { describe, expect, it } from 'vitest';
import { formatPrefix } from '../../../../proto/prefix.js';
import { identity, rig } from './rows.js';

describe('edits of another program', () => {
  it('need no elevation and cannot be made to fail', () => {
    const { api } = rig('office');
    api.control.setElevated(false);
    api.control.setQuirks({ stubWrites: true });
    for (const name of ['CreateIpForwardEntry2', 'SetIpForwardEntry2', 'DeleteIpForwardEntry2'] as const) {
      api.control.fail(name, { call: 'every', code: 8 });
    }
    const edit = { destinationPrefix: '192.0.2.0/24', nextHop: '10.20.0.1', interfaceAlias: 'Ethernet' };
    const find = (): ReturnType<typeof api.control.routes>[number] | undefined =>
      api.control.routes().find((row) => formatPrefix(row.destinationPrefix) === '192.0.2.0/24');
    api.control.addRoute({ ...edit, metric: 3, protocol: 14 });
    expect(find()).toMatchObject({ metric: 3, protocol: 14 });
    api.control.setRoute({ ...edit, metric: 4 });
    expect(find()).toMatchObject({ metric: 4, protocol: 14 });
    api.control.deleteRoute(edit);
    expect(find()).toBeUndefined();
    expect(api.control.calls('CreateIpForwardEntry2')).toBe(0);
  });

  it('take the interface by LUID or index too, and on-link by default', () => {
    const { api } = rig('office');
    const { luid } = api.control.interface('Wi-Fi');
    api.control.addRoute({ destinationPrefix: '192.0.2.0/24', interfaceLuid: luid });
    api.control.addRoute({ destinationPrefix: '2001:db8:9::/48', interfaceIndex: 12 });
    expect(api.control.routes().map(identity)).toEqual(
      expect.arrayContaining(['192.0.2.0/24 via 0.0.0.0 on 8', '2001:db8:9::/48 via :: on 12']),
    );
  });

  it('throw when the host is not as the caller thinks', () => {
    const { control } = rig('office').api;
    const gateway = { destinationPrefix: '0.0.0.0/0', nextHop: '10.20.0.1', interfaceAlias: 'Ethernet' };
    expect(() => control.addRoute(gateway)).toThrow('route 0.0.0.0/0 on "Ethernet" exists');
    expect(() => control.setRoute({ ...gateway, nextHop: '10.20.0.2' })).toThrow('does not exist');
    expect(() => control.deleteRoute({ ...gateway, nextHop: '10.20.0.2' })).toThrow('does not exist');
    expect(() => control.addRoute({ destinationPrefix: '192.0.2.0/24' })).toThrow('interface');
  });
});
