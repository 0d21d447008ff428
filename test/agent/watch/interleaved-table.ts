import { RouteTableError } from '../../../agent/routes/errors.js';
import { keyText, type Route } from '../../../agent/routes/route.js';
import type { RouteTable } from '../../../agent/routes/route-table.js';
import { route } from './rows.js';

/** A table on a host whose every access takes its time: what waits goes on when the test says so, in the order that the test says. */
export interface InterleavedTable {
  readonly table: RouteTable;
  /** How many accesses wait. */
  readonly waiting: number;
  /** Readings so far. */
  readonly readings: number;
  /** Lets one of those that wait go on, and everything that follows from it. */
  step(which?: number): Promise<void>;
  /** Lets all go on, until nothing waits. */
  settle(): Promise<void>;
  /** Another program sets the metric of a row; undefined: deletes it. */
  external(number: number, metric: number | undefined, ageSeconds?: number): void;
  /** The agent's own write, as the functions of Windows would do it; the row as read back. */
  write(number: number, metric: number | undefined): Promise<Route | undefined>;
  /** The next reading fails. */
  failNext(): void;
  metrics(): Map<string, number>;
  rowOf(number: number): Route | undefined;
}

export function makeInterleavedTable(rows: Readonly<Record<number, number>> = {}): InterleavedTable {
  const routes = new Map<number, Route>(Object.entries(rows).map(([number, metric]) => [Number(number), route(Number(number), metric)]));
  const waiting: (() => void)[] = [];
  let readings = 0;
  let failing = false;
  const turn = (): Promise<void> => new Promise((resolve) => void waiting.push(resolve));
  const assign = (number: number, metric: number | undefined, ageSeconds = 0): void => {
    if (metric === undefined) routes.delete(number);
    else routes.set(number, { ...route(number, metric), ageSeconds });
  };
  const step: InterleavedTable['step'] = async (which = 0) => {
    const [go] = waiting.splice(which % Math.max(1, waiting.length), 1);
    go?.();
    await new Promise(setImmediate);
  };
  return {
    table: {
      async list() {
        readings += 1;
        await turn();
        if (failing) {
          failing = false;
          throw new RouteTableError('WIN32_ERROR', 'the table cannot be read', { remedy: '' });
        }
        const found = [...routes.values()].map((one) => ({ ...one }));
        await turn();
        return {
          chunks: [],
          routes: () => Promise.resolve(found),
          fingerprint: JSON.stringify(found.map(({ metric, ...key }) => [keyOf(key as Route), metric]).sort()),
        };
      },
    } as Partial<RouteTable> as RouteTable,
    get waiting() {
      return waiting.length;
    },
    get readings() {
      return readings;
    },
    step,
    async settle() {
      await new Promise(setImmediate);
      while (waiting.length > 0) await step();
    },
    external: assign,
    async write(number, metric) {
      await turn();
      assign(number, metric);
      const after = routes.get(number);
      await turn();
      return after;
    },
    failNext() {
      failing = true;
    },
    metrics: () => new Map([...routes.values()].map((one) => [keyOf(one), one.metric])),
    rowOf: (number) => routes.get(number),
  };
}

const keyOf = (one: Route): string => keyText(one);
