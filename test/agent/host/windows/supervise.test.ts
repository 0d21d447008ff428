import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { ServiceSession } from '../../../../agent/host/windows/service-process.js';
import type { StatusReport } from '../../../../agent/host/windows/service-status.js';
import { superviseService, type WorkHooks } from '../../../../agent/host/windows/supervise.js';

const [STOPPED, START_PENDING, STOP_PENDING, RUNNING] = [1, 2, 3, 4] as const;
const [STOP, INTERROGATE, SHUTDOWN, PRESHUTDOWN, PAUSE] = [1, 4, 5, 15, 2] as const;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Windows, as far as a service sees it. */
function makeSession() {
  const reports: StatusReport[] = [];
  let handler: (control: number) => number = () => -1;
  const session: ServiceSession = {
    onControl(take) {
      handler = take;
    },
    report: (status) => void reports.push(status),
  };
  return { session, reports, control: (code: number) => handler(code), states: () => reports.map(({ state }) => state) };
}

/** Work that is done when it is told. */
function makeWork() {
  let begin: (hooks: WorkHooks) => void = () => {};
  const begun = new Promise<WorkHooks>((resolve) => {
    begin = resolve;
  });
  let end: (exitCode: number) => void = () => {};
  const ended = new Promise<number>((resolve) => {
    end = resolve;
  });
  const work = (hooks: WorkHooks): Promise<number> => {
    begin(hooks);
    return ended;
  };
  return { work, begun, end: (exitCode: number) => end(exitCode) };
}

it('goes from starting to running to stopping to stopped', async () => {
  const { session, reports, control, states } = makeSession();
  const { work, begun, end } = makeWork();
  const exitCode = superviseService(session, work);
  const stopRequested = (await begun).stopRequested();
  expect(reports.at(-1)).toMatchObject({ state: RUNNING, accepted: 0x105, checkpoint: 0 });
  expect(control(STOP)).toBe(0);
  await stopRequested;
  end(0);
  expect(await exitCode).toBe(0);
  expect(states()).toEqual([START_PENDING, RUNNING, STOP_PENDING, STOPPED]);
  expect(reports.at(-1)).toMatchObject({ accepted: 0, exitCode: 0, specificExitCode: 0 });
});

it.each([
  ['shutdown', SHUTDOWN],
  ['pre-shutdown', PRESHUTDOWN],
])('stops at %s', async (_, code) => {
  const { session, control } = makeSession();
  const { work, begun, end } = makeWork();
  const exitCode = superviseService(session, work);
  const stopRequested = (await begun).stopRequested();
  expect(control(code)).toBe(0);
  await expect(stopRequested).resolves.toBeUndefined();
  end(0);
  await exitCode;
});

it('shows signs of life while it starts and while it stops, and none while it runs', async () => {
  const { session, reports, control } = makeSession();
  const { work, begun, end } = makeWork();
  const exitCode = superviseService(session, work);
  const hooks = await begun;
  vi.advanceTimersByTime(4000);
  expect(reports.map(({ checkpoint }) => checkpoint)).toEqual([1, 2, 3]);
  for (const report of reports) expect(report.waitHintMs).toBeGreaterThan(2000);
  void hooks.stopRequested();
  reports.splice(0);
  vi.advanceTimersByTime(60_000);
  expect(reports).toEqual([]);
  control(STOP);
  // A second one changes nothing.
  control(STOP);
  vi.advanceTimersByTime(4000);
  expect(reports.map(({ state, checkpoint }) => [state, checkpoint])).toEqual([1, 2, 3].map((checkpoint) => [STOP_PENDING, checkpoint]));
  end(0);
  await exitCode;
  vi.advanceTimersByTime(60_000);
  expect(reports).toHaveLength(4);
});

it('reports the exit code of a failure, so that Windows starts it again', async () => {
  const { session, reports, states } = makeSession();
  expect(await superviseService(session, async () => 64)).toBe(64);
  expect(states()).toEqual([START_PENDING, STOPPED]);
  expect(reports.at(-1)).toMatchObject({ exitCode: 1066, specificExitCode: 64 });
});

it('reports a failure also of work that throws', async () => {
  const { session, reports } = makeSession();
  await expect(superviseService(session, () => Promise.reject(new Error('unforeseen')))).rejects.toThrow('unforeseen');
  expect(reports.at(-1)).toMatchObject({ state: STOPPED, exitCode: 1066, specificExitCode: 1 });
});

it('answers that it lives, and refuses what it does not know', async () => {
  const { session, control, reports } = makeSession();
  const { work, begun, end } = makeWork();
  const exitCode = superviseService(session, work);
  await begun;
  const before = reports.length;
  expect(control(INTERROGATE)).toBe(0);
  expect(control(PAUSE)).toBe(120);
  // Not before it runs: what is being undone is not cut short.
  expect(control(STOP)).toBe(0);
  expect(reports).toHaveLength(before);
  end(0);
  await exitCode;
});
