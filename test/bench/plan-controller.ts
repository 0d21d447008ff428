/** A controller that plans a fleet, and tells how long that took. */
import { createConnector, loadDesiredState, loadInventory, planFleet } from '../../client/fleet/index.js';
import { elapsedMs } from './benchmark.js';

/** What is planned, and by how many processes. */
export interface PlanOrder {
  readonly inventory: string;
  readonly desiredState: string;
  /** 1: by the controller itself. */
  readonly processes: number;
}

process.on('message', async ({ inventory, desiredState, processes }: PlanOrder) => {
  const { hosts } = await loadInventory(inventory);
  const { owner, forHosts } = await loadDesiredState(desiredState);
  const { targets } = forHosts(hosts, hosts);
  let planned = 0;
  const ms = await elapsedMs(async () => {
    const workers = processes === 1 ? undefined : { count: processes };
    for await (const result of planFleet(targets, { change: { owner }, connector: createConnector(), concurrency: 32, workers })) {
      if (!result.ok) throw result.error;
      planned += 1;
    }
  });
  if (planned !== targets.length) throw new Error(`${planned} of ${targets.length} hosts were planned`);
  process.send?.(ms);
});
process.on('disconnect', () => process.exit());
