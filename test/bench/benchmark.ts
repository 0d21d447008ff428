/** What a benchmark has to reach: a ratio of ours to the floor. */
export type Goal = { readonly most: number } | { readonly least: number };

/** One line of the report. */
export interface Result {
  /** "100,000 rows" */
  readonly what: string;
  /** Medians of the rounds, in `unit`. */
  readonly ours: number;
  readonly floor: number;
  /** "ms", "MiB", "calls/s" */
  readonly unit: string;
  /** Median of ours / floor of each round. */
  readonly ratio: number;
  /** Lowest and highest ratio of a round. */
  readonly spread: readonly [lowest: number, highest: number];
  /** Undefined: a line that explains another one. */
  readonly goal: Goal | undefined;
}

/** A path, and what it is held against. */
export interface Benchmark {
  /** As `npm run bench -- <name>` has it. */
  readonly name: string;
  /** What both sides do, in one line. */
  readonly about: string;
  /** What this machine lacks for it; undefined: nothing. */
  missing?(): string | undefined;
  run(options: { readonly rounds: number }): Promise<readonly Result[]>;
}

/** One side of a comparison: does its work once, and tells the figure of it. */
export type Measure = () => Promise<number> | number;

/** Two sides in alternation, after one round that does not count; each round begins with the other side. */
export async function compare({
  rounds,
  ours,
  floor,
  ...told
}: Pick<Result, 'what' | 'unit' | 'goal'> & { readonly rounds: number; readonly ours: Measure; readonly floor: Measure }): Promise<Result> {
  const pairs: (readonly [ours: number, floor: number])[] = [];
  for (let round = 0; round <= rounds; round++) {
    const pair: [number, number] = [Number.NaN, Number.NaN];
    for (const side of round % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const)) pair[side] = (await [ours, floor][side]?.()) ?? Number.NaN;
    if (round > 0) pairs.push(pair);
  }
  return resultOf(told, pairs);
}

/** The report's line of pairs that were measured otherwise. */
export function resultOf(told: Pick<Result, 'what' | 'unit' | 'goal'>, pairs: readonly (readonly [ours: number, floor: number])[]): Result {
  const ratios = pairs.map(([mine, theirs]) => mine / theirs).toSorted((a, b) => a - b);
  return {
    ...told,
    ours: median(pairs.map(([mine]) => mine)),
    floor: median(pairs.map(([, theirs]) => theirs)),
    ratio: median(ratios),
    spread: [ratios[0] ?? Number.NaN, ratios.at(-1) ?? Number.NaN],
  };
}

/** Of a sorted copy; NaN for no numbers. */
export function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}

/** Milliseconds that it takes. */
export async function elapsedMs(work: () => unknown): Promise<number> {
  const start = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - start) / 1e6;
}

/** Whether the ratio is as it is to be; without a goal it always is. */
export function isReached({ ratio, goal }: Pick<Result, 'ratio' | 'goal'>): boolean {
  if (goal === undefined) return true;
  return 'most' in goal ? ratio <= goal.most : ratio >= goal.least;
}
