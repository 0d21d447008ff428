// Outside this repository: from 'routefleet/fleet'.
import {
  type Candidate,
  createConnector,
  createFileStore,
  loadDesiredState,
  loadInventory,
  newRollout,
  parseWaves,
  planFleet,
  type RolloutState,
  runStored,
} from '../index.js';

/** Which fleet, and what it shall have. */
export interface RollOutOptions {
  /** Path of an inventory. */
  readonly inventory: string;
  /** Path of a desired state. */
  readonly desiredState: string;
  /** Directory in which the rollout is kept, to be resumed after a crash. */
  readonly store: string;
}

/**
 * Brings a fleet to a desired state: one host, then a tenth, then all. Each host undoes by itself what is not confirmed over a new connection; one failure
 * stops the rollout, and what was confirmed is undone.
 *
 * @throws FleetError for files that cannot be used, RouteError for a host that cannot be planned
 */
export async function rollOut({ inventory, desiredState, store }: RollOutOptions): Promise<RolloutState> {
  const { hosts } = await loadInventory(inventory);
  const { owner, driftPolicy, forHosts } = await loadDesiredState(desiredState);
  const candidates: Candidate[] = [];
  for await (const result of planFleet(forHosts(hosts, hosts).targets, { change: { owner, driftPolicy }, connector: createConnector() })) {
    if (!result.ok) throw result.error;
    const { target, plan } = result.value;
    const hasChanges = plan.creates + plan.sets + plan.deletes > 0;
    candidates.push({ host: target.host, routes: target.routes, plan: { planToken: plan.planToken, revision: plan.revision, hasChanges } });
  }
  const minute = 60_000;
  const rollout = await createFileStore(store).create(
    newRollout({
      candidates,
      createdAt: Date.now(),
      source: desiredState,
      insecure: false,
      options: { owner, driftPolicy, confirmWithinMs: 2 * minute },
      policy: {
        waves: parseWaves('1,10%,100%', candidates.length),
        soakMs: 0,
        maxFailures: 0,
        maxFailuresPerWave: 0,
        maxUnreachable: 0,
        onFailure: 'undo',
        concurrency: 16,
        hostTimeoutMs: 5 * minute,
        settleMs: minute / 2,
        deadlineMs: 60 * minute,
      },
    }),
  );
  try {
    return await runStored(rollout, { onEvent: ({ type }, { wave }) => console.log(`wave ${wave + 1}: ${type}`) });
  } finally {
    await rollout.close();
  }
}
