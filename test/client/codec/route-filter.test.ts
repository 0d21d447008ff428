import { describe, expect, it } from 'vitest';
import { encodeRouteFilter } from '../../../client/codec/route-filter.js';

describe('a filter', () => {
  it('goes out with every member', () => {
    expect(
      encodeRouteFilter({
        family: 'ipv6',
        destination: { within: '2001:DB8::/32' },
        interface: { index: 3 },
        nextHop: '::',
        protocols: ['netMgmt', 'unknown(77)'],
        origins: ['manual'],
        owner: 'team-a',
        minMetric: 0,
        maxMetric: 5,
      }),
    ).toEqual({
      family: 6,
      destination: { $case: 'withinPrefix', value: '2001:db8::/32' },
      interface: { selector: { $case: 'index', value: 3 } },
      nextHop: '::',
      protocols: [3, 77],
      origins: [1],
      owner: 'team-a',
      minMetric: 0,
      maxMetric: 5,
    });
  });

  it('takes all rows when empty', () => {
    expect(encodeRouteFilter({})).toMatchObject({ family: 0, destination: undefined, nextHop: '', protocols: [], minMetric: undefined });
  });

  it.each([
    ['exactPrefix', '10.0.0.0/8', { exact: '10.0.0.0/8' }],
    ['coveringAddress', '10.1.2.3', { covering: '10.1.2.3' }],
  ] as const)('%s', ($case, value, destination) => {
    expect(encodeRouteFilter({ destination }).destination).toEqual({ $case, value });
  });

  it.each([
    ['INVALID_METRIC', { minMetric: 6, maxMetric: 5 }],
    ['HOST_BITS_SET', { destination: { within: '10.0.0.1/8' } }],
    ['INVALID_ADDRESS', { destination: { covering: '10.0.0.0/8' } }],
    ['INVALID_ADDRESS', { nextHop: 'gateway' }],
  ])('%s for %o', (reason, filter) => {
    expect(() => encodeRouteFilter(filter)).toThrow(expect.objectContaining({ reason }));
  });
});
