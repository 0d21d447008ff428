import { afterAll, beforeAll, expect, it } from 'vitest';
import { changeMoments, faults } from './fault-cells.js';
import { type Cell, cellsOf, strikeAll } from './fault-matrix.js';
import { type FaultyFleet, startFaultyFleet } from './faulty-fleet.js';
import { showRollout, untruths } from './shown-rollout.js';

const cells = cellsOf(changeMoments, faults);

let fleet: FaultyFleet;
beforeAll(async () => {
  fleet = await startFaultyFleet(cells.map(({ name }) => name));
});
afterAll(() => fleet?.close());

/** Before anything was sent nobody waits for a host that does not answer. */
function isBeforeChange({ moment }: Cell): boolean {
  return moment === 'before the first connection' || moment === 'in the first handshake';
}

/** What a host may come to when the fault is over with the first call that fails of it. */
function endsOf(cell: Cell): readonly string[] {
  if (cell.fault === 'delay') return ['confirmed'];
  if (isBeforeChange(cell)) return ['unreachable', 'failed'];
  // What was held back arrives late, with the news that nobody waits for it any more.
  return cell.moment === 'as the change is sent' && cell.fault === 'black hole' ? ['confirmed', 'rolledBack'] : ['confirmed'];
}

it('a host on whose way something breaks for a while is confirmed once the change was sent', async () => {
  const { onCall, announced } = strikeAll(cells, fleet, { heal: true });
  const { id } = await fleet.rollOut({ route: 1, timeoutMs: 5_000, confirmWithinMs: 600_000 }, onCall);
  await fleet.settle();
  const shown = await showRollout(fleet, id);
  expect(untruths(shown, fleet, { route: 1, announced })).toEqual([]);
  expect(shown.map(({ host }) => host).sort()).toEqual(cells.map(({ name }) => name).sort());
  for (const cell of cells) {
    const { status, reason, message } = shown.find(({ host }) => host === cell.name) ?? {};
    expect(endsOf(cell), `${cell.name}: ${status}, ${reason}: ${message}`).toContain(status);
    const { proxy, commits } = fleet.hosts.get(cell.name) ?? {};
    expect([cell.name, proxy?.strikes]).toEqual([cell.name, 1]);
    const states = [...(commits?.().values() ?? [])].filter((state) => state !== 'rolled-back');
    expect([cell.name, ...states]).toEqual([cell.name, ...(status === 'confirmed' ? ['committed'] : [])]);
  }
}, 300_000);

it('a host on whose way something breaks for good comes to a true end', async () => {
  const { onCall, announced } = strikeAll(cells, fleet, { heal: false });
  const bounds = { timeoutMs: 1_500, confirmWithinMs: 5_000, hostTimeoutMs: 5_000, settleMs: 6_000 };
  const { id, state } = await fleet.rollOut({ route: 2, ...bounds }, onCall);
  expect(state.phase).toBe('ended');
  await fleet.settle();
  const shown = await showRollout(fleet, id);
  expect(untruths(shown, fleet, { route: 2, announced })).toEqual([]);
  for (const cell of cells.filter(({ fault }) => fault !== 'delay')) {
    const { status, mayStand } = shown.find(({ host }) => host === cell.name) ?? {};
    // What was confirmed before the fault struck is confirmed; a slow machine meets the host's own timer. Nobody was refused.
    const ends = isBeforeChange(cell) ? ['unreachable', 'failed'] : ['unreachable', 'confirmed', 'rolledBack'];
    expect(ends, `${cell.name}: ${status}`).toContain(status);
    if (isBeforeChange(cell)) expect([cell.name, mayStand]).toEqual([cell.name, false]);
  }
}, 300_000);
