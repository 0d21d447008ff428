import { describe, expect, it } from 'vitest';
import { encodeRouteKey, encodeRouteSpec } from '../../../client/codec/route-spec.js';

const spec = { destinationPrefix: '10.0.0.0/8', nextHop: '192.0.2.1' };

describe('a wanted row', () => {
  it('goes out in canonical text', () => {
    expect(encodeRouteKey({ destinationPrefix: '2001:0DB8:0::/32', nextHop: 'FE80:0::1%12' })).toEqual({
      destinationPrefix: '2001:db8::/32',
      nextHop: 'fe80::1%12',
      interface: undefined,
    });
  });

  it('says nothing of what it leaves out', () => {
    expect(encodeRouteSpec({ destinationPrefix: '10.0.0.0/8' })).toMatchObject({
      nextHop: '',
      metric: undefined,
      validLifetime: undefined,
      publish: undefined,
    });
    expect(encodeRouteSpec({ ...spec, metric: 0, validLifetimeSeconds: 0, publish: false })).toMatchObject({
      metric: 0,
      validLifetime: { seconds: 0n, nanos: 0 },
      publish: false,
    });
  });

  it.each([
    ['HOST_BITS_SET', { destinationPrefix: '10.0.0.1/8' }, '"10.0.0.1/8"'],
    ['INVALID_PREFIX', { destinationPrefix: '10.0.0.0' }, '"10.0.0.0"'],
    ['INVALID_PREFIX', { destinationPrefix: '10.0.0.0/33' }, '"33"'],
    ['INVALID_ADDRESS', { ...spec, nextHop: '192.0.2' }, '"192.0.2"'],
    ['FAMILY_MISMATCH', { ...spec, nextHop: '::1' }, '"::1" is IPv6'],
    ['INVALID_METRIC', { ...spec, metric: -1 }, 'metric -1'],
    ['INVALID_METRIC', { ...spec, metric: 2 ** 32 }, 'metric 4294967296'],
    ['INVALID_METRIC', { ...spec, metric: 1.5 }, 'metric 1.5'],
    ['INVALID_METRIC', { ...spec, metric: Number.NaN }, 'metric NaN'],
    ['INVALID_LIFETIME', { ...spec, validLifetimeSeconds: 2 ** 32 - 1 }, '4294967295'],
    ['INVALID_LIFETIME', { ...spec, validLifetimeSeconds: 10, preferredLifetimeSeconds: 11 }, '11 s is above'],
  ])('%s for %o', (reason, wanted, told) => {
    expect(() => encodeRouteSpec(wanted)).toThrow(
      expect.objectContaining({ reason, message: expect.stringContaining(told), remedy: expect.stringMatching(/\w/) }),
    );
  });
});
