import { describe, expect, it } from 'vitest';
import { hostProfile, type ProfileName, profiles } from '../../../../agent/iphlpapi/simulated/profiles.js';
import { createSimulatedIphlpapi } from '../../../../agent/iphlpapi/simulated/simulated-iphlpapi.js';
import { identity } from './rows.js';

const names = Object.keys(profiles) as ProfileName[];
const api = (name: ProfileName): ReturnType<typeof createSimulatedIphlpapi> => createSimulatedIphlpapi({ host: profiles[name] });

describe('profiles', () => {
  it.each(names)('%s starts, and every configured route is in its table', (name) => {
    const { control, description, isElevated } = api(name);
    expect(description).toBe(`simulated (${name})`);
    expect(isElevated()).toBe(true);
    const rows = control.routes().map(identity);
    for (const route of profiles[name].routes) {
      expect(rows).toContain(`${route.destinationPrefix} via ${route.nextHop} on ${control.interface(route.interfaceAlias).index}`);
    }
    expect(new Set(rows).size).toBe(rows.length);
  });

  it('are what their names promise', () => {
    expect(api('office').control.interface('Wi-Fi').up).toBe(false);
    expect(api('datacenter').control.interface('Réseau de gestion').up).toBe(true);
    expect([...api('branch-vpn').control.interface('Contoso VPN').bindings.keys()]).toEqual([4]);
    expect(
      api('ipv4-only')
        .control.routes()
        .every((row) => row.nextHop.family === 4),
    ).toBe(true);
    expect(api('office').missing).toEqual([]);
  });

  it('makes hosts that differ in addresses, GUIDs and hardware addresses', () => {
    for (const name of names) {
      const hosts = [1, 2, 300].map((hostNumber) => hostProfile(name, { hostName: `${name}-${hostNumber}`, hostNumber }));
      const facts = hosts.flatMap(({ hostName, interfaces }) => [
        hostName,
        ...interfaces
          .filter(({ index }) => index !== 1)
          .flatMap(({ addresses, guid, physicalAddress }) => [...addresses.map(({ address }) => address), guid, physicalAddress])
          .filter((fact) => fact !== ''),
      ]);
      expect(new Set(facts).size).toBe(facts.length);
    }
    expect(hostProfile('office', { hostNumber: 300 }).interfaces[1]?.addresses[0]?.address).toBe('10.20.1.53/16');
    expect(() => hostProfile('office', { hostNumber: 0 })).toThrow(RangeError);
  });
});

describe('FormatMessage', () => {
  it('has the text of every documented code', () => {
    const { formatMessage } = api('office');
    for (const code of [0, 2, 5, 6, 8, 50, 87, 122, 127, 160, 232, 1168, 1231, 1232, 5010]) expect(formatMessage(code)).toMatch(/\.$/);
    expect(formatMessage(5)).toBe('Access is denied.');
    expect(formatMessage(12345)).toBeUndefined();
  });
});
