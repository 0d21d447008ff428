import { RouteError } from '../errors/route-error.js';
import type { AgentInfo } from '../model/agent-info.js';
import type { ApplyResult } from '../model/apply-result.js';
import type { ApplyOptions } from '../model/call-options.js';
import type { RouteClient } from '../route-client.js';
import { type ApplyToHostOptions, applyToHost } from './apply-to-host.js';
import type { SavedHost, SavedPlan } from './saved-plan.js';

/** What is said about an apply when it is made; the rest stands in the plan. */
export type ApplySavedOptions = Omit<ApplyToHostOptions, keyof SavedPlan['options'] | 'planToken' | 'expectedRevision'>;

/**
 * Sees whether a host would take its part of a plan now, and writes nothing: same run of its agent, same table, same change, no commit pending, every
 * risk accepted.
 *
 * @throws RouteError STALE_PLAN, COMMIT_PENDING, RISK_NOT_ACCEPTED and what else an apply fails with
 */
export async function checkSavedHost(
  client: RouteClient,
  saved: SavedHost,
  plan: Pick<SavedPlan, 'options'>,
  { confirm: _confirm, requestId: _requestId, ...options }: ApplySavedOptions,
): Promise<void> {
  const agent = await client.getAgent({ signal: options.signal });
  refuseOtherRun(agent, saved, client.address);
  refuseWhileUnsettled(agent, client.address);
  // Without the revision: on the token an agent can say what changed.
  const { planned } = await client.applyRoutes(changeOf(saved), { ...optionsOf(saved, plan, options), validateOnly: true });
  if (planned !== undefined && planned.revision !== saved.revision) {
    const message = `the table has revision ${planned.revision}, and was planned with ${saved.revision}; it changed and changed back`;
    throw stale(message, client.address, 'table');
  }
}

/**
 * Applies its part of a plan to a host, and nothing else.
 *
 * @throws RouteError STALE_PLAN unless run of the agent, table and change are those of the plan
 */
export async function applySavedHost(
  client: RouteClient,
  saved: SavedHost,
  plan: Pick<SavedPlan, 'options'>,
  options: ApplySavedOptions,
): Promise<ApplyResult> {
  refuseOtherRun(await client.getAgent({ signal: options.signal }), saved, client.address);
  const { confirm } = options;
  try {
    return await applyToHost(client, changeOf(saved), {
      ...optionsOf(saved, plan, options),
      confirm,
      expectedRevision: saved.revision,
    });
  } catch (error) {
    if (error instanceof RouteError && error.reason === 'REVISION_MISMATCH') throw stale(error.message, client.address, 'table', error);
    throw error;
  }
}

function changeOf({ routes }: SavedHost): { readonly desiredRoutes: SavedHost['routes'] } {
  return { desiredRoutes: routes };
}

function optionsOf({ planToken }: SavedHost, { options: planned }: Pick<SavedPlan, 'options'>, options: ApplySavedOptions): ApplyOptions {
  return { ...options, ...planned, planToken };
}

/** Revisions and readings of an earlier run tell nothing about this one. */
function refuseOtherRun({ bootId }: AgentInfo, saved: SavedHost, address: string): void {
  if (bootId !== saved.bootId) throw stale('its agent was started anew since the plan was made', address, 'agent');
}

function refuseWhileUnsettled({ pendingCommit, writeStatus }: AgentInfo, address: string): void {
  if (writeStatus !== undefined) throw new RouteError({ ...writeStatus, address, method: 'GetAgent' });
  if (pendingCommit === undefined) return;
  throw new RouteError({
    code: 'FAILED_PRECONDITION',
    reason: 'COMMIT_PENDING',
    message: `commit ${pendingCommit.id} is not settled (${pendingCommit.state})`,
    remedy: 'confirm or cancel it first, and then plan again',
    metadata: { commit_id: pendingCommit.id },
    address,
    method: 'GetAgent',
  });
}

function stale(what: string, address: string, changed: 'table' | 'agent', cause?: unknown): RouteError {
  return new RouteError({
    code: 'ABORTED',
    reason: 'STALE_PLAN',
    message: `the plan is stale: ${what}`,
    remedy: 'plan again, look at the new plan, and apply that',
    metadata: { changed },
    address,
    method: 'ApplyRoutes',
    cause,
  });
}
