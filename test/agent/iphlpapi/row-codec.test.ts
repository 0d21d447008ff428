import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MIB_IPFORWARD_ROW2, MIB_IPFORWARDROW } from '../../../agent/iphlpapi/layout.js';
import {
  dataView,
  decodeForwardRow,
  decodeForwardRow2,
  encodeForwardRow,
  encodeForwardRow2,
  type ForwardRow2,
  maskLength,
  maskOf,
} from '../../../agent/iphlpapi/row-codec.js';

const uint32 = fc.integer({ min: 0, max: 0xffff_ffff });
const bytes = (length: number): fc.Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength: length, maxLength: length }).map((value) => Uint8Array.from(value));
const row2: fc.Arbitrary<ForwardRow2> = fc.constantFrom(4 as const, 6 as const).chain((family) =>
  fc.record({
    interfaceLuid: fc.bigInt({ min: 0n, max: 0xffff_ffff_ffff_ffffn }),
    interfaceIndex: uint32,
    destinationPrefix: fc.record({
      family: fc.constant(family),
      bytes: bytes(family === 4 ? 4 : 16),
      length: fc.nat(family === 4 ? 32 : 128),
    }),
    nextHop: fc.record({
      family: fc.constant(family),
      bytes: bytes(family === 4 ? 4 : 16),
      scopeId: family === 4 ? fc.constant(0) : uint32,
    }),
    sitePrefixLength: fc.nat(128),
    validLifetime: uint32,
    preferredLifetime: uint32,
    metric: uint32,
    protocol: uint32,
    loopback: fc.boolean(),
    autoconfigureAddress: fc.boolean(),
    publish: fc.boolean(),
    immortal: fc.boolean(),
    age: uint32,
    origin: uint32,
  }),
);

describe('MIB_IPFORWARD_ROW2', () => {
  it('survives being written and read again, at any offset', () => {
    fc.assert(
      fc.property(row2, fc.nat(64), (row, offset) => {
        const view = dataView(new Uint8Array(offset + MIB_IPFORWARD_ROW2.size));
        encodeForwardRow2(view, offset, row);
        expect(decodeForwardRow2(view, offset)).toEqual(row);
      }),
    );
  });

  it('is what a C compiler on Windows would lay out', () => {
    const row = new Uint8Array(MIB_IPFORWARD_ROW2.size);
    encodeForwardRow2(dataView(row), 0, {
      interfaceLuid: 0x0006_0080_0100_0000n,
      interfaceIndex: 12,
      destinationPrefix: { family: 4, bytes: Uint8Array.of(10, 20, 0, 0), length: 16 },
      nextHop: { family: 4, bytes: Uint8Array.of(192, 0, 2, 1), scopeId: 0 },
      metric: 5,
    });
    const hex = Buffer.from(row).toString('hex');
    expect(hex.slice(0, 24)).toBe('0000000180000600' + '0c000000');
    expect(hex.slice(24, 48)).toBe(`02000000${'0a140000'}${'00000000'}`);
    expect(hex.slice(80, 90)).toBe('1000000002');
    expect(hex.slice(96, 104)).toBe('c0000201');
    expect(hex.slice(168, 176)).toBe('05000000');
  });

  it('leaves members alone that are not given', () => {
    const row = new Uint8Array(MIB_IPFORWARD_ROW2.size).fill(0xaa);
    encodeForwardRow2(dataView(row), 0, { metric: 1 });
    expect(row.filter((byte) => byte !== 0xaa)).toEqual(Uint8Array.of(1, 0, 0, 0));
  });

  it('is skipped when its family is neither IPv4 nor IPv6', () => {
    expect(decodeForwardRow2(dataView(new Uint8Array(MIB_IPFORWARD_ROW2.size)))).toBeUndefined();
  });
});

describe('MIB_IPFORWARDROW', () => {
  it('survives being written and read again', () => {
    const address = bytes(4);
    const row = fc.record({
      destination: address,
      mask: address,
      nextHop: address,
      interfaceIndex: uint32,
      type: uint32,
      protocol: uint32,
      age: uint32,
      metric1: uint32,
    });
    fc.assert(
      fc.property(row, (value) => {
        const view = dataView(new Uint8Array(MIB_IPFORWARDROW.size));
        encodeForwardRow(view, 0, value);
        expect(decodeForwardRow(view)).toEqual(value);
      }),
    );
  });
});

describe('masks', () => {
  it('have their leading ones counted, and only those', () => {
    for (let length = 0; length <= 32; length++) expect(maskLength(maskOf(length))).toBe(length);
    expect(maskLength(Uint8Array.of(255, 0, 255, 0))).toBeUndefined();
    expect(maskLength(Uint8Array.of(0, 0, 0, 1))).toBeUndefined();
  });
});
