import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import koffi from 'koffi';
import { createInterfaceLookup, type InterfaceLookup } from '../../agent/iphlpapi/interface-lookup.js';
import { MIB_TABLE2 } from '../../agent/iphlpapi/layout.js';
import { packRows } from '../../agent/iphlpapi/pack-rows.js';
import { at, rowWords } from '../../agent/iphlpapi/row-words.js';
import { type KnownTraits, TraitsDictionary } from '../../agent/iphlpapi/traits-dictionary.js';
import { chunkRows, type RouteChunk } from '../../agent/routes/route-chunk.js';
import { serializeListRoutes } from '../../agent/rpc/codec/list-routes-message.js';
import { encodePacked, encodeTraits } from '../../agent/rpc/codec/packed-routes.js';
import { simulateHost } from '../../agent/simulate.js';
import { RouteTraits } from '../../proto/gen/routefleet/v1/packed_routes.pb.js';
import { type Benchmark, compare } from './benchmark.js';
import { makeTable } from './table-bytes.js';

/** Bytes of a known_traits in encode.c, and where its wire bytes begin. */
const knownTraits = { size: 256, length: 36, bytes: 40 } as const;
/** The words of a row that encode.c compares, in its order, with what of them counts. */
const traitPlaces: readonly (readonly [place: number, mask: number])[] = [
  [at.luidLow, -1],
  [at.luidHigh, -1],
  [at.interfaceIndex, -1],
  [at.destinationFamily, 0xffff],
  [at.nextHopFamily, 0xffff],
  [at.sitePrefixLength, 0xff],
  [at.protocol, -1],
  [at.flags, -1],
  [at.origin, -1],
];
/** So that a try takes milliseconds. */
const rowsPerTry = 1_000_000;
const tries = 5;

/** The agent's hot path: the table of Windows as messages of the view PACKED, with the fingerprint of the rows, which the C loop does not make. */
export const encode: Benchmark = {
  name: 'encode',
  about: 'table bytes to wire bytes of the view PACKED, with fingerprint, against a C loop that writes the same wire bytes, without one',
  missing: () => {
    try {
      execFileSync('gcc', ['--version'], { stdio: 'ignore' });
      return undefined;
    } catch {
      return 'gcc';
    }
  },
  async run({ rounds }) {
    const { iphlpapi } = simulateHost({ profile: 'datacenter', simulateHostNumber: 1 });
    const lookup = createInterfaceLookup(iphlpapi);
    const floor = await compileFloor();
    const results = [];
    for (const rows of [1000, 10_000, 100_000, 1_000_000]) {
      const table = makeTable(iphlpapi, rows);
      const known = knownTraitsOf(table, lookup);
      const target = new Uint8Array(40 * rows + 100_000);
      const messages: Buffer[] = [];
      encodeTable(table, lookup, (message) => messages.push(message));
      if (!Buffer.concat(messages).equals(target.subarray(0, floor(table, known, known.length / knownTraits.size, target)))) {
        throw new Error(`the C loop writes other bytes than the agent for ${rows} rows`);
      }
      /** CPU time, least of several: whatever else the machine does only adds to it. */
      const nsPerRow = (work: () => unknown): number =>
        Math.min(...Array.from({ length: tries }, () => (cpuMs(work, rowsPerTry / rows) * 1e6) / rowsPerTry));
      results.push(
        await compare({
          what: `${rows.toLocaleString('en')} rows`,
          unit: 'ns/row',
          goal: { most: 4.5 },
          rounds,
          ours: () => nsPerRow(() => encodeTable(table, lookup, () => {})),
          floor: () => nsPerRow(() => floor(table, known, known.length / knownTraits.size, target)),
        }),
      );
    }
    return results;
  },
};

/** What the agent does between the native call and the socket: all rows into columns, then one message after the other. */
function encodeTable(table: Uint8Array, lookup: InterfaceLookup, send: (message: Buffer) => void): void {
  const words = new Int32Array(table.buffer, 0, table.byteLength / 4);
  const count = words[0] ?? 0;
  const dictionary = new TraitsDictionary(lookup);
  const sums = { count: 0, low: 0, high: 0 };
  const chunks: RouteChunk[] = [];
  for (let row = 0; row < count; row += chunkRows) {
    const first = MIB_TABLE2.Table / 4 + row * rowWords;
    chunks.push(packRows({ words, first, count: Math.min(chunkRows, count - row) }, dictionary, sums));
  }
  for (const chunk of chunks) {
    send(serializeListRoutes({ revision: 0n, bootId: '', routeCount: 0, routes: [], packed: encodePacked(chunk, undefined) }));
  }
}

function cpuMs(work: () => unknown, repeats: number): number {
  const before = process.cpuUsage();
  for (let repeat = 0; repeat < repeats; repeat++) work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** All traits of the table, as the C loop takes them. */
function knownTraitsOf(table: Uint8Array, lookup: InterfaceLookup): Uint8Array {
  const words = new Int32Array(table.buffer, 0, table.byteLength / 4);
  const dictionary = new TraitsDictionary(lookup);
  const entries = new Map<KnownTraits, Uint8Array>();
  for (let base = MIB_TABLE2.Table / 4; base < words.length; base += rowWords) {
    const known = dictionary.find(words, base);
    if (!entries.has(known)) entries.set(known, encodeKnown(words, base, known));
  }
  return Buffer.concat([...entries.values()]);
}

function encodeKnown(words: Int32Array, base: number, { traits }: KnownTraits): Uint8Array {
  if (traits === undefined) throw new Error('the table has rows that are neither IPv4 nor IPv6');
  const bytes = new Uint8Array(knownTraits.size);
  const view = new DataView(bytes.buffer);
  for (const [index, [place, mask]] of traitPlaces.entries()) view.setInt32(4 * index, (words[base + place] ?? 0) & mask, true);
  const encoded = RouteTraits.encode(encodeTraits(traits)).finish();
  view.setUint32(knownTraits.length, encoded.length, true);
  bytes.set(encoded, knownTraits.bytes);
  return bytes;
}

type Floor = (table: Uint8Array, known: Uint8Array, knownCount: number, target: Uint8Array) => number;

async function compileFloor(): Promise<Floor> {
  const directory = await mkdtemp(join(tmpdir(), 'routefleet-bench-'));
  const library = join(directory, 'encode.so');
  try {
    execFileSync('gcc', ['-O2', '-shared', '-fPIC', '-o', library, 'test/bench/encode.c']);
    return koffi.load(library).func('uint32_t encode_table(void *table, void *known, uint32_t known_count, void *target)');
  } finally {
    rmSync(directory, { recursive: true });
  }
}
