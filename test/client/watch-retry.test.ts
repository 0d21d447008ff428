import { describe, expect, it } from 'vitest';
import { RouteError, type RouteFailure } from '../../client/index.js';
import { createBackoff, isFinal } from '../../client/watch-retry.js';

type Case = readonly [code: RouteFailure['code'], reason: RouteFailure['reason'], before: boolean, after: boolean];

/** Whether each ends the watch before it ever was established, and after. */
const cases: readonly Case[] = [
  ['UNAVAILABLE', 'UNREACHABLE', false, false],
  ['DEADLINE_EXCEEDED', 'UNREACHABLE', false, false],
  ['DEADLINE_EXCEEDED', 'DEADLINE_EXCEEDED', false, false],
  ['UNAVAILABLE', 'AGENT_STOPPING', false, false],
  ['CANCELLED', 'CANCELLED', false, false],
  ['UNAVAILABLE', 'TLS_REFUSED', true, false],
  ['INTERNAL', 'INTERNAL', true, false],
  ['RESOURCE_EXHAUSTED', 'QUEUE_FULL', true, false],
  ['NOT_FOUND', 'INTERFACE_NOT_FOUND', true, false],
  ['UNKNOWN', 'UNKNOWN', true, false],
  ['INVALID_ARGUMENT', 'INVALID_PREFIX', true, true],
  ['PERMISSION_DENIED', 'ACCESS_DENIED', true, true],
  ['UNAUTHENTICATED', 'UNKNOWN', true, true],
  ['UNIMPLEMENTED', 'UNKNOWN', true, true],
  ['INTERNAL', 'MALFORMED_ANSWER', true, true],
];

it.each(cases)('%s / %s ends a watch that never ran: %s; one that ran: %s', (code, reason, before, after) => {
  const error = new RouteError({ code, reason, message: '' });
  expect([isFinal(error, false), isFinal(error, true)]).toEqual([before, after]);
});

describe('the time between attempts', () => {
  const times = (random: number, count: number) => {
    const { next } = createBackoff(() => random);
    return Array.from({ length: count }, next);
  };

  it('doubles up to 15 s, and is at least half of that', () => {
    expect(times(1, 9)).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000]);
    expect(times(0, 8)).toEqual([125, 250, 500, 1_000, 2_000, 4_000, 7_500, 7_500]);
    expect(times(0.5, 1)).toEqual([188]);
  });

  it('stays so for a host that is down for years', () => {
    expect(times(1, 2_000).at(-1)).toBe(15_000);
  });

  it('begins anew after a success', () => {
    const backoff = createBackoff(() => 1);
    backoff.next();
    backoff.next();
    backoff.reset();
    expect(backoff.next()).toBe(250);
  });
});
