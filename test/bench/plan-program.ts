/** Plans in a process of its own: 100,000 rows of one owner, of which one in a hundred shall have another metric. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Change, Operation } from '../../agent/commits/change.js';
import type { Receipt } from '../../agent/commits/commit.js';
import { planChange } from '../../agent/commits/plan.js';
import { resolveOperations } from '../../agent/commits/resolve-operations.js';
import type { TableReading } from '../../agent/commits/table-reading.js';
import { RouteTableError } from '../../agent/routes/errors.js';
import type { NetworkInterface } from '../../agent/routes/network-interface.js';
import { previewCreated } from '../../agent/routes/preview.js';
import { keyOf, keyText, type Route } from '../../agent/routes/route.js';
import type { RouteTable } from '../../agent/routes/route-table.js';
import { parseAddress } from '../../proto/address.js';
import { parsePrefix } from '../../proto/prefix.js';
import { operationNextHop, operationPrefix } from './operations.js';

/** Answered with the milliseconds of CPU that it took. */
export type PlanQuestion = 'plan' | 'look-ups';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const rows = 100_000;
const owner = 'bench';
const identity = { luid: 6n << 48n, index: 6 };
const bindings = [{ family: 4, metric: 25, automaticMetric: false, mtu: 1500, connected: true, forwarding: false }] as const;
const networkInterface = { ...identity, alias: 'Storage', guid: '{storage}', bindings } as unknown as NetworkInterface;
const nextHop = parseAddress(operationNextHop);
const keyOfRow = (index: number) => ({ destinationPrefix: parsePrefix(operationPrefix(index)), nextHop, interface: identity });

const routes = new Map<string, Route>();
const receipts = new Map<string, Receipt>();
for (let index = 0; index < rows; index++) {
  const route = previewCreated({ ...keyOfRow(index), metric: 5 }, networkInterface);
  const desired = { ...keyOf(route), metric: 5, publish: undefined };
  routes.set(keyText(route), route);
  receipts.set(keyText(route), { owner, persistent: false, desired, interfaceGuid: networkInterface.guid });
}
const interfaces = new Map([[identity.luid, networkInterface]]);
const reading: TableReading = { revision: 1n, fingerprint: 'table', routes, interfaces };
const missing = () => new RouteTableError('ROUTE_NOT_FOUND', 'no such row', { remedy: '' });
const ground = { reading, receipts, owner, bindingsKnown: true, missing };
const table = { findInterface: async () => identity } as Partial<RouteTable> as RouteTable;

function desiredSet(): Operation[] {
  return Array.from({ length: rows }, (_, index) => {
    const { destinationPrefix } = keyOfRow(index);
    const metric = index % 100 === 0 ? 7 : 5;
    return {
      action: 'put',
      route: { destinationPrefix, nextHop, interface: { by: 'alias', alias: 'Storage' }, metric, persistent: false },
    };
  });
}

async function plan(operations: readonly Operation[]): Promise<void> {
  const change: Change = { operations, replaceOwned: true, atomicity: 'all-or-nothing', owner };
  const { steps } = await planChange(ground, change, await resolveOperations(table, reading, operations), {
    controllers: [nextHop],
    destinations: [],
  });
  const sets = steps.filter(({ kind }) => kind === 'set').length;
  if (steps.length !== rows || sets !== rows / 100) throw new Error(`${sets} of ${steps.length} steps change a row`);
}

function lookUp(operations: readonly Operation[]): void {
  let found = 0;
  for (const operation of operations) {
    if (operation.action !== 'put') continue;
    if (routes.get(keyText({ destinationPrefix: operation.route.destinationPrefix, nextHop, interface: identity })) !== undefined)
      found += 1;
  }
  if (found !== rows) throw new Error(`${found} rows were found`);
}

process.on('message', async (question: PlanQuestion) => {
  const operations = desiredSet();
  // Each side pays for its own garbage.
  collect();
  const begun = process.cpuUsage();
  if (question === 'plan') await plan(operations);
  else lookUp(operations);
  const { user, system } = process.cpuUsage(begun);
  process.send?.((user + system) / 1000);
});
process.on('disconnect', () => process.exit());
process.send?.('ready');
