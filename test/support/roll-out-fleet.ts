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
} from '../../client/fleet/index.js';

/** A change of all hosts of an inventory. */
export interface FleetChange {
  /** Paths of an inventory, a desired state, and a directory for rollouts. */
  readonly inventory: string;
  readonly desiredState: string;
  readonly store: string;
  /** Hosts at a time, for plan and rollout. */
  readonly concurrency: number;
}

/** What every host would do. */
export interface PlannedChange extends FleetChange {
  readonly owner: string;
  readonly candidates: readonly Candidate[];
  /** Creates, sets and deletes of all hosts. */
  readonly operations: number;
}

/** Plans all hosts. @throws RouteError for the first that cannot be planned */
export async function planChange(change: FleetChange): Promise<PlannedChange> {
  const { hosts } = await loadInventory(change.inventory);
  const { owner, forHosts } = await loadDesiredState(change.desiredState);
  const candidates: Candidate[] = [];
  let operations = 0;
  const planning = { change: { owner }, connector: createConnector(), concurrency: change.concurrency };
  for await (const result of planFleet(forHosts(hosts, hosts).targets, planning)) {
    if (!result.ok) throw result.error;
    const { host, value } = result;
    const { planToken, revision, creates, sets, deletes } = value.plan;
    const changes = creates + sets + deletes;
    operations += changes;
    candidates.push({ host, routes: value.target.routes, plan: { planToken, revision, hasChanges: changes > 0 } });
  }
  return { ...change, owner, candidates, operations };
}

/** Changes one host, a tenth and all, with the journal on disk, no soak and no patience for failures. */
export async function rollOutChange({ owner, candidates, desiredState, store, concurrency }: PlannedChange): Promise<RolloutState> {
  const minute = 60_000;
  const spec = newRollout({
    candidates,
    createdAt: Date.now(),
    source: desiredState,
    insecure: false,
    options: { owner, confirmWithinMs: 10 * minute },
    policy: {
      waves: parseWaves('1,10%,100%', candidates.length),
      soakMs: 0,
      maxFailures: 0,
      maxFailuresPerWave: 0,
      maxUnreachable: 0,
      onFailure: 'stop',
      concurrency,
      hostTimeoutMs: 10 * minute,
      settleMs: minute,
      deadlineMs: 120 * minute,
    },
  });
  const rollout = await createFileStore(store).create(spec);
  try {
    return await runStored(rollout);
  } finally {
    await rollout.close();
  }
}
