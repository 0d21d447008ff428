import type { RouteTraits } from '../routes/route-chunk.js';
import type { ChunkColumns } from './chunk-columns.js';
import { unknownOrigin } from './classic-reading.js';
import { scatter, stir } from './fingerprint.js';
import type { InterfaceLookup } from './interface-lookup.js';
import { MIB_IPFORWARD_ROW2 } from './layout.js';
import { at } from './row-words.js';
import { addressFamily, familyOf } from './sockaddr.js';

/** Traits that rows of a table have, with the 32-bit words of a row that say them. */
export class KnownTraits {
  readonly #luidLow: number;
  readonly #luidHigh: number;
  readonly #interfaceIndex: number;
  readonly #families: number;
  readonly #sitePrefixLength: number;
  readonly #protocol: number;
  readonly #flags: number;
  readonly #origin: number;
  /** Undefined: rows that are neither IPv4 nor IPv6, which are left out. */
  readonly traits: RouteTraits | undefined;
  /** Where the hash of a row begins. */
  readonly hash: number;
  /** The chunk that had them last, and where it has them. */
  #chunk = -1;
  #position = -1;

  /** Those of the row that begins at a word. */
  constructor(words: Int32Array, base: number, lookup: InterfaceLookup) {
    this.#luidLow = words[base + at.luidLow] as number;
    this.#luidHigh = words[base + at.luidHigh] as number;
    this.#interfaceIndex = words[base + at.interfaceIndex] as number;
    this.#families = familiesIn(words, base);
    this.#sitePrefixLength = (words[base + at.sitePrefixLength] as number) & 0xff;
    this.#protocol = words[base + at.protocol] as number;
    this.#flags = words[base + at.flags] as number;
    this.#origin = words[base + at.origin] as number;
    this.hash = this.#stirAll();
    this.traits = this.#traits(lookup);
  }

  /** Whether the row that begins at a word has these. */
  fit(words: Int32Array, base: number): boolean {
    return (
      words[base + at.luidLow] === this.#luidLow &&
      words[base + at.luidHigh] === this.#luidHigh &&
      words[base + at.interfaceIndex] === this.#interfaceIndex &&
      words[base + at.protocol] === this.#protocol &&
      words[base + at.flags] === this.#flags &&
      words[base + at.origin] === this.#origin &&
      ((words[base + at.sitePrefixLength] as number) & 0xff) === this.#sitePrefixLength &&
      familiesIn(words, base) === this.#families
    );
  }

  /** Where the chunk has them, which takes them in if it had not; -1: it leaves such rows out. */
  positionIn(columns: ChunkColumns): number {
    if (this.#chunk !== columns.id) {
      this.#chunk = columns.id;
      this.#position = this.traits === undefined ? -1 : columns.traits.push(this.traits) - 1;
    }
    return this.#position;
  }

  #stirAll(): number {
    const ofInterface = stir(stir(stir(0, this.#luidLow), this.#luidHigh), this.#interfaceIndex);
    const ofOrigin = stir(stir(stir(ofInterface, this.#families), this.#protocol), this.#origin);
    return stir(stir(ofOrigin, this.#sitePrefixLength), this.#flags);
  }

  #traits(lookup: InterfaceLookup): RouteTraits | undefined {
    const family = familyOf(this.#families >>> 16);
    if (family === undefined || (this.#families & 0xffff) !== addressFamily[family]) return undefined;
    const luid = (BigInt(this.#luidHigh >>> 0) << 32n) | BigInt(this.#luidLow >>> 0);
    const origin = this.#origin >>> 0;
    return {
      family,
      interface: { luid, index: this.#interfaceIndex >>> 0 },
      interfaceAlias: lookup.alias(luid),
      interfaceMetric: lookup.metric(family, luid),
      protocol: this.#protocol >>> 0,
      origin: origin === unknownOrigin ? undefined : origin,
      sitePrefixLength: this.#sitePrefixLength,
      loopback: this.#isSet('Loopback'),
      autoconfigured: this.#isSet('AutoconfigureAddress'),
      publish: this.#isSet('Publish'),
      immortal: this.#isSet('Immortal'),
      // The rows themselves do not say: see withRegistry.
      inRegistry: false,
    };
  }

  #isSet(member: 'Loopback' | 'AutoconfigureAddress' | 'Publish' | 'Immortal'): boolean {
    const byte = MIB_IPFORWARD_ROW2[member] - MIB_IPFORWARD_ROW2.Loopback;
    return ((this.#flags >>> (8 * byte)) & 0xff) !== 0;
  }
}

/** ADDRESS_FAMILY of the destination in the upper half, that of the next hop in the lower. */
function familiesIn(words: Int32Array, base: number): number {
  return ((words[base + at.destinationFamily] as number) << 16) | ((words[base + at.nextHopFamily] as number) & 0xffff);
}

/** All traits of one table, with what the host knows of their interfaces. */
export class TraitsDictionary {
  readonly #lookup: InterfaceLookup;
  /** By a number that mostly tells them apart. */
  readonly #known = new Map<number, readonly KnownTraits[]>();

  constructor(lookup: InterfaceLookup) {
    this.#lookup = lookup;
  }

  /** Those of the row that begins at a word. */
  find(words: Int32Array, base: number): KnownTraits {
    const number =
      stir((words[base + at.luidLow] as number) ^ (words[base + at.interfaceIndex] as number), words[base + at.protocol] as number) ^
      scatter((words[base + at.flags] as number) ^ (words[base + at.destinationFamily] as number));
    const alike = this.#known.get(number);
    if (alike !== undefined) for (const known of alike) if (known.fit(words, base)) return known;
    const made = new KnownTraits(words, base, this.#lookup);
    this.#known.set(number, [...(alike ?? []), made]);
    return made;
  }

  /** What rows have from their interfaces, of which each family has a metric of its own: as one text for each, sorted. */
  interfaceFacts(): string[] {
    const facts = [...this.#known.values()].flat().flatMap(({ traits }) => {
      if (traits === undefined) return [];
      const { family, interface: identity, interfaceMetric, interfaceAlias } = traits;
      return [`${family} ${identity.luid} ${interfaceMetric} ${interfaceAlias}`];
    });
    return [...new Set(facts)].sort();
  }
}
