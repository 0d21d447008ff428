import fc from 'fast-check';
import { INFINITE, MIB_IPFORWARD_ROW2 } from '../../../agent/iphlpapi/layout.js';
import { dataView, encodeForwardRow2, type ForwardRow2 } from '../../../agent/iphlpapi/row-codec.js';

const uint32 = fc.integer({ min: 0, max: 0xffff_ffff });
const bytes = (length: number): fc.Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength: length, maxLength: length }).map((value) => Uint8Array.from(value));
const linkLocal = fc.tuple(fc.integer({ min: 0x80, max: 0xbf }), bytes(14)).map(([second, rest]) => Uint8Array.of(0xfe, second, ...rest));
const lifetime = fc.oneof(fc.constant(INFINITE), fc.integer({ min: 0, max: INFINITE - 1 }));

/** Any row that a table of Windows may hold and the wire can say; few interfaces, so that rows share their traits. */
export const anyRow: fc.Arbitrary<ForwardRow2> = fc.constantFrom(4 as const, 6 as const).chain((family) =>
  fc.record({
    interfaceLuid: fc.constantFrom(0n, 7n, 0x0006_0080_0100_0000n, 0xffff_ffff_ffff_ffffn),
    interfaceIndex: fc.constantFrom(1, 12, 0xffff_ffff),
    destinationPrefix: fc.record({
      family: fc.constant(family),
      bytes: bytes(family === 4 ? 4 : 16),
      length: fc.nat(family === 4 ? 32 : 128),
    }),
    nextHop: fc.record({
      family: fc.constant(family),
      bytes:
        family === 4 ? fc.oneof(bytes(4), fc.constant(new Uint8Array(4))) : fc.oneof(bytes(16), linkLocal, fc.constant(new Uint8Array(16))),
      scopeId: family === 4 ? fc.constant(0) : fc.oneof(fc.constant(0), uint32),
    }),
    sitePrefixLength: fc.nat(128),
    validLifetime: lifetime,
    preferredLifetime: lifetime,
    metric: fc.oneof(fc.nat(300), fc.nat(0xffff_0000)),
    protocol: fc.constantFrom(2, 3, 14, 10_006, 77),
    loopback: fc.boolean(),
    autoconfigureAddress: fc.boolean(),
    publish: fc.boolean(),
    immortal: fc.boolean(),
    age: uint32,
    // The last: a row of the classic table.
    origin: fc.constantFrom(0, 1, 4, INFINITE),
  }),
);

/** The rows as Windows has them in memory. */
export function tableWords(rows: readonly Partial<ForwardRow2>[]): Int32Array {
  const memory = new Uint8Array(rows.length * MIB_IPFORWARD_ROW2.size);
  for (const [index, row] of rows.entries()) encodeForwardRow2(dataView(memory), index * MIB_IPFORWARD_ROW2.size, row);
  return new Int32Array(memory.buffer);
}
