import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { describe, expect, it } from 'vitest';
import { formatAddress, parseAddress } from '../../proto/address.js';

const format = (bytes: Uint8Array): string => formatAddress({ family: 6, bytes, scopeId: 0 });

describe('the canonical text of an IPv6 address', () => {
  it.each([
    '::',
    '::1',
    '1::',
    '2001:db8::1',
    '2001:db8:0:1:1:1:1:1',
    '2001:0:0:1::1',
    '2001:db8::1:0:0:1',
    '1:0:2:0:3:0:4:0',
    'fe80::abcd',
    '::ffff:192.0.2.1',
    '::ffff:0:0:192',
  ])('%s is that of RFC 5952', (text) => {
    expect(format(parseAddress(text).bytes)).toBe(text);
  });

  it('is what a library for it makes', () => {
    const group = fc.oneof(fc.constant(0), fc.constant(0), fc.integer({ min: 0, max: 0xffff }));
    fc.assert(
      fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), (groups) => {
        const bytes = Uint8Array.from(groups.flatMap((value) => [value >> 8, value & 0xff]));
        const isMapped = groups[5] === 0xffff && groups.slice(0, 5).every((value) => value === 0);
        fc.pre(!isMapped);
        expect(format(bytes)).toBe(new ipaddr.IPv6([...bytes]).toRFC5952String());
      }),
      { numRuns: 2000 },
    );
  });
});
