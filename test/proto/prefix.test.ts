import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Address, formatAddress, parseAddress } from '../../proto/address.js';
import { InvalidValueError } from '../../proto/invalid-value.js';
import { addressBits, containsAddress, containsPrefix, formatPrefix, parsePrefix } from '../../proto/prefix.js';

const anyAddress: fc.Arbitrary<Address> = fc
  .constantFrom(4 as const, 6 as const)
  .chain((family) =>
    fc
      .uint8Array({ minLength: addressBits[family] / 8, maxLength: addressBits[family] / 8 })
      .map((bytes) => ({ family, bytes: Uint8Array.from(bytes), scopeId: 0 })),
  );

function reasonOf(parse: () => unknown): string {
  try {
    parse();
  } catch (error) {
    if (error instanceof InvalidValueError) return error.reason;
    throw error;
  }
  return 'no error';
}

describe('addresses', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['::FFFF:192.0.2.1', '::ffff:192.0.2.1'],
    ['::', '::'],
    ['fe80::1%12', 'fe80::1%12'],
  ])('reads %s and writes %s (RFC 5952, RFC 4007)', (text, canonical) => {
    expect(formatAddress(parseAddress(text))).toBe(canonical);
  });

  it.each([
    '',
    ' 10.0.0.1',
    '10.0.0',
    '10.0.0.256',
    '010.0.0.1',
    '0x0a000001',
    '1',
    'fe80::1%',
    'fe80::1%0',
    'fe80::1%x',
    'fe80::1%4294967296',
    '12::34::56',
    '10.0.0.1%3',
  ])('refuses %j', (text) => {
    expect(reasonOf(() => parseAddress(text))).toBe('INVALID_ADDRESS');
  });

  it('survives being written and read again, whatever the address', () => {
    fc.assert(
      fc.property(anyAddress, (address) => {
        expect(parseAddress(formatAddress(address))).toEqual(address);
      }),
    );
  });
});

describe('prefixes', () => {
  it.each(['0.0.0.0/0', '10.0.0.0/8', '192.0.2.1/32', '::/0', '2001:db8::/32', 'fe80::1/128'])('reads and writes %s', (text) => {
    expect(formatPrefix(parsePrefix(text))).toBe(text);
  });

  it.each([
    ['10.0.0.0', 'INVALID_PREFIX'],
    ['10.0.0.0/', 'INVALID_PREFIX'],
    ['10.0.0.0/-1', 'INVALID_PREFIX'],
    ['10.0.0.0/8.5', 'INVALID_PREFIX'],
    ['10.0.0.0/08', 'INVALID_PREFIX'],
    ['10.0.0.0/33', 'INVALID_PREFIX'],
    ['::/129', 'INVALID_PREFIX'],
    ['10.0.0.0/255.0.0.0', 'INVALID_PREFIX'],
    ['/8', 'INVALID_PREFIX'],
    ['fe80::%3/64', 'INVALID_PREFIX'],
    ['10.0.0.1/8', 'HOST_BITS_SET'],
    ['0.0.0.1/0', 'HOST_BITS_SET'],
    ['2001:db8::1/127', 'HOST_BITS_SET'],
  ])('refuses %s: %s', (text, reason) => {
    expect(reasonOf(() => parsePrefix(text))).toBe(reason);
  });

  it('names the network and the host that host bits may have meant', () => {
    expect(() => parsePrefix('10.1.2.3/8')).toThrow('"10.1.2.3/8" has bits set behind its prefix length of 8');
    try {
      parsePrefix('10.1.2.3/8');
    } catch (error) {
      expect((error as InvalidValueError).remedy).toBe('write "10.0.0.0/8" for the network or "10.1.2.3/32" for the single host');
    }
  });

  it('contains exactly the addresses that share its leading bits', () => {
    fc.assert(
      fc.property(anyAddress, anyAddress, fc.nat(128), (address, other, wanted) => {
        const length = Math.min(wanted, addressBits[address.family]);
        const bits = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(2).padStart(8, '0')).join('');
        const network = bits(address.bytes).slice(0, length).padEnd(addressBits[address.family], '0');
        const prefix = {
          family: address.family,
          length,
          bytes: Uint8Array.from(network.match(/.{8}/g) ?? [], (byte) => Number.parseInt(byte, 2)),
        };
        expect(containsAddress(prefix, address)).toBe(true);
        const expected = other.family === address.family && bits(other.bytes).startsWith(network.slice(0, length));
        expect(containsAddress(prefix, other)).toBe(expected);
        expect(containsPrefix(prefix, { ...other, length: addressBits[other.family] })).toBe(expected);
      }),
    );
  });
});
