import { setTimeout as delay } from 'node:timers/promises';
import type { Namespace } from '../support/namespaces.js';
import type { Random } from './watch-storm.js';

/** As Linux has them. The other program's are above ours, so that none of its rows hides one of ours and then lets it be seen again. */
export const foreignFrom = 50_000;

/** A row that is written; IPv4 for even numbers, IPv6 for odd ones. */
export interface Place {
  readonly destinationPrefix: string;
  readonly nextHop: string;
}

/** Rows of a kind: "base", "mine" and so on have prefixes of their own. */
export function places(kind: number, count: number): Place[] {
  return Array.from({ length: count }, (_, number) =>
    number % 2 === 0
      ? { destinationPrefix: `198.18.${kind}.${number >> 1}/32`, nextHop: '192.0.2.1' }
      : { destinationPrefix: `2001:db8:${kind.toString(16)}:${number.toString(16)}::/64`, nextHop: '2001:db8:2::1' },
  );
}

/** Rows that the other program writes. */
export interface Foreign {
  readonly rewritten?: readonly Place[];
  readonly deleted?: readonly Place[];
  /** They come and go. */
  readonly flickering?: readonly Place[];
}

let foreignMetrics = 0;
/** What the other program does to a row; in two steps, as Linux has the metric in the key. */
function foreignCommands(random: Random, { destinationPrefix, nextHop }: Place, kind: keyof Foreign): string[] {
  const way = `${destinationPrefix} via ${nextHop} dev dmz0`;
  const gone = `route delete ${way}`;
  const there = `route add ${way} metric ${foreignFrom + (foreignMetrics++ % 10_000)}`;
  switch (kind) {
    case 'rewritten':
      return [gone, there];
    case 'deleted':
      return [gone];
    case 'flickering':
      return [random.pick([gone, there])];
  }
}

/** Runs something while the other program writes. */
export async function whileOthersWrite<Value>(
  namespace: Namespace,
  random: Random,
  foreign: Foreign,
  run: () => Promise<Value>,
): Promise<Value> {
  const end = new AbortController();
  const kinds = (Object.keys(foreign) as (keyof Foreign)[]).flatMap((kind) => (foreign[kind] ?? []).map((place) => [place, kind] as const));
  const storm = async (): Promise<void> => {
    while (!end.signal.aborted) {
      const commands = Array.from({ length: 1 + random.below(60) }, () => foreignCommands(random, ...random.pick(kinds))).flat();
      // Rows are deleted that are gone already.
      await namespace.batch(commands).catch(() => {});
      await delay(random.below(20));
    }
  };
  const running = storm();
  try {
    return await run();
  } finally {
    end.abort();
    await running;
  }
}
