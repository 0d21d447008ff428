import { afterAll, beforeAll, expect, it } from 'vitest';
import { faults, undoMoments } from './fault-cells.js';
import { cellsOf, strikeAll } from './fault-matrix.js';
import { type FaultyFleet, startFaultyFleet } from './faulty-fleet.js';
import { showRollout, untruths } from './shown-rollout.js';

const { delay: _delay, 'drop to the agent': _drop, 'half-open, controller gone': _halfOpen, ...severe } = faults;
const cells = cellsOf(undoMoments, severe);
const everyHost = new Set(cells.map(({ name }) => name));

let fleet: FaultyFleet;
beforeAll(async () => {
  fleet = await startFaultyFleet([...everyHost]);
});
afterAll(() => fleet?.close());

it('a confirmed host on whose way something breaks for a while is undone', async () => {
  const { id, state } = await fleet.rollOut({ route: 1, timeoutMs: 5_000, confirmWithinMs: 600_000 });
  expect([...state.hosts.values()].filter(({ status }) => status !== 'confirmed')).toEqual([]);
  const { onCall } = strikeAll(cells, fleet, { heal: true });
  await fleet.undo(id, onCall);
  await fleet.settle();
  const shown = await showRollout(fleet, id);
  expect(untruths(shown, fleet, { route: 1, announced: everyHost })).toEqual([]);
  expect(shown.filter(({ status }) => status !== 'undone')).toEqual([]);
  expect([...fleet.hosts.values()].filter(({ proxy }) => proxy.strikes !== 1).map(({ name }) => name)).toEqual([]);
}, 300_000);

it('a confirmed host on whose way something breaks for good comes to a true end, and is undone when that is over', async () => {
  const bounds = { timeoutMs: 2_000, confirmWithinMs: 8_000, hostTimeoutMs: 6_000, settleMs: 6_000 };
  const { id } = await fleet.rollOut({ route: 2, ...bounds });
  const { onCall } = strikeAll(cells, fleet, { heal: false });
  const { state } = await fleet.undo(id, onCall);
  expect(state.phase).toBe('ended');
  await fleet.settle();
  const shown = await showRollout(fleet, id);
  expect(untruths(shown, fleet, { route: 2, announced: everyHost })).toEqual([]);
  expect(shown.map(({ status }) => status)).toContain('undoFailed');

  // On a busy machine a host may fail again to answer within its short time.
  for (let left = shown; left.some(({ mayStand }) => mayStand); left = await showRollout(fleet, id)) {
    await fleet.undo(id);
    await fleet.settle();
  }
  expect([...fleet.hosts.values()].filter(({ hasRoute }) => hasRoute(2)).map(({ name }) => name)).toEqual([]);
}, 300_000);
