import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { formatPrefix, parsePrefix } from '../../../proto/prefix.js';
import { type RolloutFleet, rolloutIdIn, routesYaml, startRolloutFleet, until } from './rollout-fleet.js';

let fleet: RolloutFleet;
beforeEach(async () => {
  fleet = await startRolloutFleet({ web1: {}, web2: {}, web3: {} });
});
afterEach(() => fleet?.close());

const inTwo = ['--all', '--waves', '1,3'] as const;

function metrics(): readonly (number | undefined)[] {
  return ['web1', 'web2', 'web3'].map(fleet.metricOn);
}

/** Changes the canary behind the back of the rollout while it soaks, and promotes. */
async function changedInTheSoak(args: readonly string[], change: () => void) {
  const live = fleet.begin([...inTwo, '--promote', 'manual', ...args]);
  await until(() => live.stdout.includes('wave 1 done'));
  change();
  await fleet.rollout('promote', rolloutIdIn(live.stdout));
  return live.ended;
}

describe('the gate before a further wave', () => {
  it('looks at the confirmed hosts, and opens when all are well', async () => {
    const { code, stdout } = await fleet.begin([...inTwo, '--soak', '1ms']).ended;
    expect(stdout).toMatch(/wave 1 done; the next one begins in .*\n.*looking at the confirmed host before the next wave\n.*wave 2 of 2: /);
    expect([code, ...metrics()]).toEqual([0, 5, 5, 5]);
  });

  it('stops for a host whose routes somebody changed', async () => {
    // Otherwise its agent would have put the row back by now.
    await fleet.write('routes.yaml', `driftPolicy: report\n${routesYaml}`);
    const { code, stdout } = await changedInTheSoak([], () => {
      const { control } = fleet.agent('web1');
      const row = control.routes().find(({ destinationPrefix }) => formatPrefix(destinationPrefix) === '10.9.0.0/16');
      if (row !== undefined) control.deleteRoute(row);
    });
    expect(stdout).toMatch(/web1: not well: 1 route is not as the rollout left them \(ROUTES_CHANGED\)\. Remedy: see what differs/);
    expect(stdout).toMatch(/\nstopped: 1 host failed, 0 may \(TOO_MANY_FAILURES\); 0 of 3 confirmed\n/);
    expect([code, ...metrics().slice(1)]).toEqual([3, undefined, undefined]);
  });

  it('stops for a host where a probe does not pass any more, and undoes it if it is to', async () => {
    const probed = ['--probe', 'best-route:10.77.0.1=10.20.0.1', '--on-failure', 'undo'];
    const { code, stdout } = await changedInTheSoak(probed, () => {
      const { control } = fleet.agent('web1');
      const [row] = control.routes();
      if (row === undefined) throw new Error('no row');
      control.addRoute({ ...row, destinationPrefix: parsePrefix('10.77.0.0/24') });
    });
    expect(stdout).toMatch(
      /web1: not well: best route to 10\.77\.0\.1 via 10\.20\.0\.1: passed after the change and does not any more: the best/,
    );
    expect(stdout).toMatch(/web1: undone\n/);
    expect([code, ...metrics()]).toEqual([4, undefined, undefined, undefined]);
  });

  it('asks a command, which sees the confirmed hosts', async () => {
    const gate = 'grep -qx web1 && test $ROUTEFLEET_WAVE = 1 || exit 9';
    expect(await fleet.begin([...inTwo, '--soak', '1ms', '--gate', gate]).ended).toMatchObject({ code: 0 });
  });

  it('refuses a command that is none, which would say yes to everything', async () => {
    const { code, stderr } = await fleet.begin([...inTwo, '--soak', '1ms', '--gate', ' ']).ended;
    expect(stderr).toBe('error: " " for --gate is no command. Remedy: give a command, or leave --gate out.\n');
    expect([code, ...metrics()]).toEqual([64, undefined, undefined, undefined]);
  });

  it('keeps a rollout from its next wave when the command says no', async () => {
    const gated = [...inTwo, '--soak', '1ms', '--gate', 'echo error rate 4%; exit 9', '-o', 'ndjson'];
    const { code, stdout } = await fleet.begin(gated).ended;
    const events = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events.find(({ event }) => event === 'gateEnded')).toMatchObject({
      unwell: [],
      closed: { reason: 'GATE_CLOSED', message: 'the gate "echo error rate 4%; exit 9" ended with code 9, and said: error rate 4%' },
    });
    expect(events.at(-1)).toMatchObject({ phase: 'ended', stop: { reason: 'GATE_CLOSED' }, hosts: { confirmed: 1, notStarted: 2 } });
    expect([code, ...metrics()]).toEqual([3, 5, undefined, undefined]);
  });
});
