import { describe, expect, it } from 'vitest';
import { timedWrites } from './measure.js';
import { readTestInterfaces } from './test-interfaces.js';

describe('readTestInterfaces', () => {
  it('gives two marked interfaces next hops on their networks', () => {
    expect(readTestInterfaces('routefleet-test,routefleet-test-2')).toMatchObject([
      { alias: 'routefleet-test', nextHops4: ['192.0.2.254', '192.0.2.253'] },
      { alias: 'routefleet-test-2', nextHops4: ['198.51.100.254', '198.51.100.253'] },
    ]);
  });

  it.each([undefined, ''])('has none when nothing is said (%s)', (names) => {
    expect(readTestInterfaces(names)).toBeUndefined();
  });

  it.each(['routefleet-test', 'routefleet-test,a,b'])('refuses %s, which are not two', (names) => {
    expect(() => readTestInterfaces(names)).toThrow(/are not two names/);
  });

  it('refuses what is not marked', () => {
    expect(() => readTestInterfaces('routefleet-test,Ethernet')).toThrow(/"Ethernet" is not marked/);
  });
});

it('writes to no interface that is not marked', async () => {
  expect(() => timedWrites('Ethernet', '10.0.0.1', 1)).toThrow(/"Ethernet" is not marked/);
});
