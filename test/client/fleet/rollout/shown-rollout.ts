import { expect } from 'vitest';
import { run } from '../../cli/run.js';
import type { FaultyFleet } from './faulty-fleet.js';

/** A host as `rollout show -o json` tells of it. */
export interface ShownHost {
  readonly host: string;
  readonly status: string;
  readonly mayStand: boolean;
  readonly reason?: string;
  readonly message?: string;
}

/** What people are told of a rollout. */
export async function showRollout({ rolloutsDir }: FaultyFleet, id: string): Promise<readonly ShownHost[]> {
  const { code, stdout, stderr } = await run(['rollout', 'show', id, '-o', 'json', '--rollouts-dir', rolloutsDir]);
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(stdout);
}

/** Ends that a host can come to; those of the second kind say why. */
const wellEnds = ['confirmed', 'undone', 'notStarted'];
const badEnds = ['rolledBack', 'failed', 'unreachable', 'unwell', 'undoFailed'];

/**
 * What is not true of what is told, once every timer has passed: found by looking at the hosts themselves.
 *
 * @param announced - hosts that were asked to confirm
 */
export function untruths(
  shown: readonly ShownHost[],
  { hosts }: FaultyFleet,
  { route, announced }: { readonly route: number; readonly announced: ReadonlySet<string> },
): readonly string[] {
  return shown.flatMap(({ host: name, status, mayStand, reason = '', message = '' }) => {
    const host = hosts.get(name);
    const has = host?.hasRoute(route);
    const found: string[] = [];
    if (![...wellEnds, ...badEnds].includes(status)) found.push('that is no end');
    if (badEnds.includes(status) && (reason === '' || message === '')) found.push('it does not say why');
    if (status === 'confirmed' && !has) found.push('its route is not there');
    if (!mayStand && has) found.push('its route is there, and is told not to stand');
    if (status !== 'confirmed' && mayStand && !announced.has(name))
      found.push('nobody asked to confirm it, and it is told that it may stand');
    if (status === 'rolledBack' && has) found.push('its route is there');
    if ((status === 'undone' || status === 'notStarted') && has) found.push('its route is there');
    return found.map((what) => `${name} is ${status} (${reason}), and ${what}`);
  });
}
