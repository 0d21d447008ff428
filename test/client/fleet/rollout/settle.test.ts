import { expect, it } from 'vitest';
import type { RouteErrorReason } from '../../../../client/errors/route-error.js';
import { type Attempt, insist } from '../../../../client/fleet/rollout/settle.js';
import type { RouteClient } from '../../../../client/route-client.js';
import { routeError } from './fake-host.js';
import { createVirtualClock, letPass } from './virtual-clock.js';

const host = { name: 'h1', address: 'h1', groups: [], labels: {} };

interface Insisting {
  /** What the attempts come to, in milliseconds of which each takes; the last one is that of all further ones. */
  readonly attempts: readonly [ms: number, result: RouteErrorReason | 'again' | 'answer'][];
  readonly worthIt?: boolean;
  /** When it is aborted, in milliseconds from the beginning. */
  readonly abortAfterMs?: number;
}

/** @returns how it ended, and after how many attempts and milliseconds */
async function insistOn({
  attempts,
  worthIt = true,
  abortAfterMs,
}: Insisting): Promise<readonly [end: string, attempts: number, ms: number]> {
  const clock = createVirtualClock();
  const startedAt = clock.now();
  const controller = new AbortController();
  if (abortAfterMs !== undefined) void clock.sleep(abortAfterMs).then(() => controller.abort());
  let count = 0;
  async function attempt(): Promise<Attempt<string>> {
    const [ms, result] = attempts[Math.min(count, attempts.length - 1)] ?? [0, 'answer'];
    count += 1;
    await clock.sleep(ms);
    if (result === 'again' || result === 'answer') return result;
    throw routeError('UNAVAILABLE', result);
  }
  const access = { connector: async () => ({ close: () => {} }) as RouteClient, clock, pauseMs: 1_000, settleMs: 30_000 };
  const end = await letPass(
    clock,
    insist<string>(host, access, {
      signal: controller.signal,
      attempt,
      worthIt: () => worthIt,
      gaveUp: (error) => `gave up: ${error?.reason}`,
      refused: ({ reason }) => `refused: ${reason}`,
    }),
  );
  return [end, count, clock.now() - startedAt];
}

it('goes on over what may pass', async () => {
  const attempts: Insisting['attempts'] = [
    [0, 'UNREACHABLE'],
    [0, 'again'],
    [0, 'COMMIT_NOT_PENDING'],
    [0, 'answer'],
  ];
  expect(await insistOn({ attempts })).toEqual(['answer', 4, 3_000]);
});

it('takes a "no" for an answer', async () => {
  expect(await insistOn({ attempts: [[0, 'STALE_PLAN']] })).toEqual(['refused: STALE_PLAN', 1, 0]);
});

it('takes a broken handshake for a refusal only where nothing is at stake', async () => {
  const attempts: Insisting['attempts'] = [
    [0, 'TLS_REFUSED'],
    [0, 'answer'],
  ];
  expect(await insistOn({ attempts })).toEqual(['answer', 2, 1_000]);
  expect(await insistOn({ attempts, worthIt: false })).toEqual(['refused: TLS_REFUSED', 1, 0]);
});

it('gives up half of the time after the abort, also when that came during an attempt', async () => {
  expect(await insistOn({ attempts: [[10_000, 'UNREACHABLE']], abortAfterMs: 1_000 })).toEqual(['gave up: UNREACHABLE', 2, 21_000]);
});

it('asks once more when the host says that it was overtaken by something', async () => {
  const attempts: Insisting['attempts'] = [
    [20_000, 'COMMIT_NOT_PENDING'],
    [0, 'answer'],
  ];
  expect(await insistOn({ attempts, abortAfterMs: 1_000 })).toEqual(['answer', 2, 21_000]);
  expect(await insistOn({ attempts: [[10_000, 'COMMIT_NOT_PENDING']], abortAfterMs: 1_000 })).toEqual([
    'gave up: COMMIT_NOT_PENDING',
    3,
    32_000,
  ]);
});
