import { createHash } from 'node:crypto';
import type { ChangeOptions } from '../model/call-options.js';
import type { PlanSummary } from '../model/plan.js';
import type { RouteSpec } from '../model/route-spec.js';
import { FleetError } from './fleet-error.js';
import type { HostPlan } from './fleet-plan.js';
import type { Host } from './host.js';
import type { HostResult } from './on-host.js';

/** Which hosts there were to choose from. */
export interface InventoryIdentity {
  /** Absolute path. */
  readonly path: string;
  /** Hash of what it says about its hosts, see {@link hashHosts}. */
  readonly sha256: string;
}

/** What was planned for one host. */
export interface SavedHost {
  readonly name: string;
  /** "10.0.0.2:7420" */
  readonly address: string;
  /** Run of the agent that made the plan. */
  readonly bootId: string;
  /** Revision of the table that it read. */
  readonly revision: bigint;
  readonly planToken: string;
  readonly summary: Pick<PlanSummary, 'creates' | 'sets' | 'deletes' | 'unchanged'>;
  /** As they were sent. */
  readonly routes: readonly RouteSpec[];
}

/** A plan that was asked for and not got. */
export interface UnplannedHost {
  readonly name: string;
  readonly address: string;
  readonly reason: string;
}

/** What a plan is made with beside the routes of each host. */
export interface SavedPlanBasis {
  /** Undefined: the hosts were given by address. */
  readonly inventory?: InventoryIdentity | undefined;
  /** Path of the desired state, for people: what is applied stands in the plan itself. */
  readonly file: string;
  readonly options: Pick<ChangeOptions, 'owner' | 'driftPolicy' | 'atomicity' | 'destinations'>;
}

/** A plan of a fleet that can be applied later, as it is. */
export interface SavedPlan extends SavedPlanBasis {
  /** By the clock of whoever planned. */
  readonly createTime: Date;
  /** At least one. */
  readonly hosts: readonly SavedHost[];
  /** Hosts that failed when they were planned; they are no part of the plan. */
  readonly unplanned: readonly UnplannedHost[];
}

/** Plans of hosts on their way into a file. Only what a file holds is kept. */
export interface PlanCollector {
  add(result: HostResult<HostPlan>): void;
  /** Undefined: not one host was planned. */
  end(): SavedPlan | undefined;
}

/** Gathers what {@link planFleet} gives with `withBootId`. */
export function collectPlan(basis: SavedPlanBasis): PlanCollector {
  const createTime = new Date();
  const hosts: SavedHost[] = [];
  const unplanned: UnplannedHost[] = [];
  return {
    add(result) {
      const { name, address } = result.host;
      if (!result.ok) {
        unplanned.push({ name, address, reason: result.error.reason });
        return;
      }
      const { plan, bootId = '', target } = result.value;
      const { creates, sets, deletes, unchanged, revision, planToken } = plan;
      hosts.push({ name, address, bootId, revision, planToken, summary: { creates, sets, deletes, unchanged }, routes: target.routes });
    },
    end: () => (hosts.length === 0 ? undefined : { ...basis, createTime, hosts, unplanned }),
  };
}

/** Hash of names, addresses, groups and labels. Comments, order of labels and paths of certificates are not of the fleet's identity. */
export function hashHosts(hosts: readonly Host[]): string {
  const told = hosts.map(({ name, address, groups, labels }) => [name, address, groups, Object.entries(labels).sort()]);
  return createHash('sha256').update(JSON.stringify(told)).digest('hex');
}

/**
 * The hosts of a plan that are to be written to.
 *
 * @param chosen - undefined: all of the plan
 * @throws FleetError PLAN_OF_OTHER_FLEET unless the inventory is that of the plan and knows all its hosts, and the plan knows all that are chosen
 */
export function hostsOfPlan(
  plan: SavedPlan,
  inventory: InventoryIdentity | undefined,
  known: readonly Host[],
  chosen?: readonly Host[],
): readonly { readonly host: Host; readonly saved: SavedHost }[] {
  checkInventory(plan, inventory);
  const savedOf = new Map(plan.hosts.map((saved) => [saved.name, saved]));
  const addressOf = new Map(known.map(({ name, address }) => [name, address]));
  const gone = plan.hosts.find(({ name, address }) => addressOf.get(name) !== address);
  if (gone !== undefined && inventory !== undefined) {
    throw otherFleet(`the plan holds ${gone.name} at ${gone.address}, and the inventory does not`, 'plan again');
  }
  const meant = chosen ?? known.filter(({ name }) => savedOf.has(name));
  return meant.map((host) => {
    const saved = savedOf.get(host.name);
    if (saved !== undefined) return { host, saved };
    const why = plan.unplanned.find(({ name }) => name === host.name)?.reason;
    const what = why === undefined ? 'the plan is for other hosts' : `it could not be planned (${why})`;
    throw otherFleet(
      `${host.name} is not in the plan: ${what}`,
      'narrow the choice to hosts of the plan, or plan again for all that are meant',
    );
  });
}

function checkInventory({ inventory: planned }: SavedPlan, given: InventoryIdentity | undefined): void {
  if (planned?.sha256 === given?.sha256) return;
  if (planned === undefined) {
    throw otherFleet(
      'the plan is of agents that were given by --address, not of an inventory',
      'leave --inventory, --host and --selector out',
    );
  }
  if (given === undefined) {
    throw otherFleet(
      `the plan is of the inventory ${planned.path}, not of addresses`,
      'leave --address out; narrow with --host or --selector',
    );
  }
  const changed =
    planned.path === given.path
      ? `the inventory ${given.path} changed since the plan was made`
      : `the plan is of the inventory ${planned.path}, not of ${given.path}`;
  throw otherFleet(`${changed}: hosts, addresses, groups or labels differ`, 'give the inventory of the plan, or plan again');
}

function otherFleet(message: string, remedy: string): FleetError {
  return new FleetError('PLAN_OF_OTHER_FLEET', message, remedy);
}
