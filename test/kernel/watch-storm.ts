/** Numbers that look random, the same for the same seed. */
export interface Random {
  /** 0 to below `limit`. */
  below(limit: number): number;
  pick<Value>(values: readonly Value[]): Value;
}

/** "mulberry32". */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const below = (limit: number): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  };
  return { below, pick: (values) => values[below(values.length)] as (typeof values)[number] };
}

/** Where rows of a storm go. */
export interface StormHop {
  readonly family: 4 | 6;
  /** Undefined: on-link. */
  readonly via: string | undefined;
  readonly device: 'lan0' | 'dmz0';
}

/** Next hops of a kernel host: two on each interface, and none, in both families. */
export function stormHops(subnet: string): StormHop[] {
  const nets = [
    { device: 'lan0', of4: subnet, of6: '2001:db8:64:' },
    { device: 'dmz0', of4: '192.0.2', of6: '2001:db8:2:' },
  ] as const;
  return nets.flatMap(({ device, of4, of6 }) => [
    ...[`${of4}.1`, `${of4}.9`, undefined].map((via) => ({ family: 4, via, device }) as const),
    ...[`${of6}:1`, `${of6}:9`, undefined].map((via) => ({ family: 6, via, device }) as const),
  ]);
}

/** How many prefixes of each family a storm is about. */
export const stormPrefixes = 120;
/** From here on they only have groups of next hops: IPv4 could have the same hop twice otherwise, and a log does not tell the two apart. */
const groupsFrom = 112;
/** Metrics that a storm writes, as Linux has them: few, so that rows of one prefix get into each other's way. */
const stormMetrics: readonly number[] = [1000, 1001, 1002, 1003, 1004, 1005];

/** A prefix of the storm. */
export function stormPrefix(family: 4 | 6, number: number): string {
  return family === 4 ? `198.18.${number}.0/24` : `2001:db8:a:${(number + 1).toString(16)}::/64`;
}

/** One command for `ip -batch`; it may fail, as when there is nothing to delete. */
export function stormCommand(random: Random, hops: readonly StormHop[]): string {
  const { family, via, device } = random.pick(hops);
  const number = random.below(stormPrefixes);
  const prefix = stormPrefix(family, number);
  const way = via === undefined ? `dev ${device}` : `via ${via} dev ${device}`;
  const metric = random.pick(stormMetrics);
  const chance = random.below(100);
  const row = `${prefix} ${way} metric ${metric}`;
  if (number >= groupsFrom)
    return chance < 60 ? `route replace ${prefix} metric ${metric} ${groupOf(hops, family)}` : `route delete ${prefix}`;
  if (chance < 35) return `route replace ${row}`;
  if (chance < 50) return `route add ${row}`;
  // IPv6 has equal on-link rows twice then, which no other system has.
  if (chance < 60) return `route ${via === undefined ? 'replace' : 'append'} ${row}`;
  if (chance < 80) return `route delete ${prefix}`;
  return `route delete ${prefix} ${way}`;
}

function groupOf(hops: readonly StormHop[], family: 4 | 6): string {
  return hops
    .filter((hop) => hop.family === family && hop.via !== undefined)
    .map(({ via, device }) => `nexthop via ${via} dev ${device}`)
    .join(' ');
}
