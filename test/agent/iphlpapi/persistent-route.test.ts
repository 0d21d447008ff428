import { describe, expect, it } from 'vitest';
import { bringsBack, type PersistentRoute, parsePersistentRoute } from '../../../agent/iphlpapi/persistent-route.js';
import { formatAddress, parseAddress } from '../../../proto/address.js';
import { formatPrefix, parsePrefix } from '../../../proto/prefix.js';

describe('a value of PersistentRoutes', () => {
  it.each([
    ['10.0.0.0,255.0.0.0,192.0.2.1,1', '10.0.0.0/8', '192.0.2.1'],
    ['0.0.0.0,0.0.0.0,192.0.2.1,-1', '0.0.0.0/0', '192.0.2.1'],
    ['203.0.113.7,255.255.255.255,192.0.2.1,4294967295', '203.0.113.7/32', '192.0.2.1'],
    ['10.1.0.0,255.255.0.0,0.0.0.0,25', '10.1.0.0/16', '0.0.0.0'],
  ])('%s is a route', (name, prefix, gateway) => {
    const route = parsePersistentRoute(name);
    expect(route && [formatPrefix(route.destinationPrefix), formatAddress(route.gateway), route.name]).toEqual([prefix, gateway, name]);
  });

  it.each([
    ['', 'nothing'],
    ['10.0.0.0,255.0.0.0,192.0.2.1', 'no metric'],
    ['10.0.0.0,255.0.0.0,192.0.2.1,1,1', 'a member too many'],
    ['10.0.0.0,255.0.255.0,192.0.2.1,1', 'a mask with a hole'],
    ['10.0.0.1,255.0.0.0,192.0.2.1,1', 'host bits'],
    ['10.0.0.0,255.0.0.0,gateway,1', 'a name for a gateway'],
    ['10.0.0.0,255.0.0.0,2001:db8::1,1', 'a gateway of IPv6'],
    ['2001:db8::,ffff::,2001:db8::1,1', 'IPv6'],
    ['010.0.0.0,255.0.0.0,192.0.2.1,1', 'a leading zero, which may be octal'],
    ['10.0.0.0, 255.0.0.0,192.0.2.1,1', 'a blank'],
    ['10.0.0.0,255.0.0.0,192.0.2.1,', 'an empty metric'],
    ['10.0.0.0,255.0.0.0,192.0.2.1,-2', 'a negative metric'],
    ['10.0.0.0,255.0.0.0,192.0.2.1,4294967296', 'a metric of more than 32 bits'],
  ])('%s is none: %s', (name) => {
    expect(parsePersistentRoute(name)).toBeUndefined();
  });
});

describe('the row that comes back by a value', () => {
  const parsed = (name: string): PersistentRoute => {
    const route = parsePersistentRoute(name);
    if (route === undefined) throw new Error(name);
    return route;
  };
  const row = (prefix: string, nextHop: string) => ({
    destinationPrefix: parsePrefix(prefix),
    nextHop: parseAddress(nextHop),
    interface: { luid: 7n, index: 12 },
  });
  const isOwn = (address: Parameters<typeof formatAddress>[0]): boolean => formatAddress(address) === '192.0.2.10';
  const back = (name: string, prefix: string, nextHop: string): boolean => bringsBack(parsed(name), row(prefix, nextHop), isOwn);

  it('has its prefix and next hop, whatever the metric', () => {
    expect(back('10.0.0.0,255.0.0.0,192.0.2.1,77', '10.0.0.0/8', '192.0.2.1')).toBe(true);
    expect(back('10.0.0.0,255.0.0.0,192.0.2.2,77', '10.0.0.0/8', '192.0.2.1')).toBe(false);
    expect(back('10.0.0.0,255.255.0.0,192.0.2.1,77', '10.0.0.0/8', '192.0.2.1')).toBe(false);
    expect(back('10.0.0.0,255.0.0.0,192.0.2.1,77', 'a00::/8', '::')).toBe(false);
  });

  it('is on-link where the gateway is an address of its interface, or none', () => {
    expect(back('10.0.0.0,255.0.0.0,192.0.2.10,1', '10.0.0.0/8', '0.0.0.0')).toBe(true);
    expect(back('10.0.0.0,255.0.0.0,0.0.0.0,1', '10.0.0.0/8', '0.0.0.0')).toBe(true);
    expect(back('10.0.0.0,255.0.0.0,192.0.2.11,1', '10.0.0.0/8', '0.0.0.0')).toBe(false);
    expect(back('10.0.0.0,255.0.0.0,0.0.0.0,1', '10.0.0.0/8', '192.0.2.10')).toBe(false);
  });
});
