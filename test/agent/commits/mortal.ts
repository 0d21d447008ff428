import type { RouteRows, RouteTable } from '../../../agent/routes/route-table.js';
import type { Agent, AgentOptions, Host } from './fixture.js';

/**
 * Runs an agent that is killed at a call of its to the table, the registry or the disk of the journal: neither that one happens nor any later one, and nobody is
 * told. Resolves then, or when it got through without so many calls.
 */
export async function die(host: Host, atCall: number, options: AgentOptions, run: (agent: Agent) => Promise<unknown>): Promise<void> {
  let calls = 0;
  let kill = (): void => {};
  const death = new Promise<void>((resolve) => {
    kill = resolve;
  });
  /** Never returns to the dead. */
  const before = async (): Promise<void> => {
    calls += 1;
    if (calls < atCall) return;
    kill();
    await new Promise<never>(() => {});
  };
  const agent = await host.start({ ...options, table: mortalTable(host.table, before) });
  host.files.fault = before;
  await Promise.race([death, run(agent).catch(() => undefined)]);
  // Whoever still runs must not come back to life with the disk of the next agent.
  calls = Number.POSITIVE_INFINITY;
  host.files.fault = () => {};
}

function mortalTable(table: RouteTable, before: () => Promise<void>): RouteTable {
  const guard =
    <Args extends unknown[], Result>(call: (...args: Args) => Promise<Result>) =>
    async (...args: Args): Promise<Result> => {
      await before();
      return call(...args);
    };
  const rowsOf = ({ create, delete: remove, get, set }: RouteRows): RouteRows => ({
    create: guard(create),
    delete: guard(remove),
    get: guard(get),
    set: guard(set),
  });
  const { registry } = table;
  return {
    ...table,
    ...rowsOf(table),
    registry: registry && {
      valuesOf: guard(registry.valuesOf),
      find: guard(registry.find),
      remove: guard(registry.remove),
      write: guard(registry.write),
    },
    batch: () => rowsOf(table.batch()),
    findInterface: guard(table.findInterface),
    interfaces: guard(table.interfaces),
    list: guard(table.list),
  };
}
