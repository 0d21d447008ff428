import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createCleanup } from '../support/cleanup.js';
import { startIpMonitor } from '../support/ip-monitor.js';
import type { FleetHost, KernelFleet } from '../support/kernel-fleet.js';
import { rolloutIdIn, until } from '../support/rollout-output.js';
import { changesSeenBy, desiredYaml, linesOf, type RouteState, tableOf } from './rollout-tables.js';

/** A fleet of eight hosts on which the stories are told. */
export interface RolloutSubject {
  readonly name: string;
  /** Undefined: it can be made here. */
  readonly missing: string | undefined;
  create(): Promise<KernelFleet>;
}

const names = [1, 2, 3, 4, 5, 6, 7, 8].map((number) => `host-${number}`);
/** Of one host, then of half of them, then of all. */
const inWaves = ['--all', '--waves', '1,50%,100%'] as const;
const atOnce = ['--soak', '1ms'] as const;
const byHand = ['--promote', 'manual'] as const;
/** Eight agents, and two of them under Wine, take their time on a busy machine. */
const longMs = 1_200_000;
/** The target is reached. */
const probed = ['--probe', 'tcp:198.19.0.1:7000'] as const;

/** Takes rollouts through whatever may happen to them, and looks at the kernel table of every host afterwards. */
export function describeRollouts({ name, missing, create }: RolloutSubject): void {
  const title = `rollouts on ${name}${missing === undefined ? '' : ` (skipped, missing: ${missing})`}`;
  describe.skipIf(missing !== undefined)(title, { timeout: longMs }, () => {
    let fleet: KernelFleet;
    let before: readonly string[];
    /** What a test did to the network. */
    const undoing = createCleanup();

    beforeAll(async () => {
      fleet = await create();
      for (const { namespace } of fleet.hosts)
        await namespace.ip('route add 198.51.100.0/24 via 192.0.2.253 dev lan0 proto bird metric 77');
      const bare = await tables();
      const applied = await fleet.controller.run('apply', '-f', await fleet.write('old.yaml', desiredYaml('old')), '--all');
      expect(applied).toMatchObject({ code: 0, stderr: '' });
      before = await tables();
      expect(before.map(linesOf)).toEqual(bare.map((table) => tableOf(table, 'old')));
    }, longMs);
    afterEach(async () => {
      await undoing.run();
      expect(await tables()).toEqual(before);
    });
    afterAll(() => fleet?.remove());

    function tables(): Promise<readonly string[]> {
      return Promise.all(fleet.hosts.map((host) => host.table()));
    }

    function host(name: string): FleetHost {
      const found = fleet.hosts.find((each) => each.name === name);
      if (found === undefined) throw new Error(`there is no ${name}`);
      return found;
    }

    /** Looks at every host; those that are not named are as before. */
    async function expectTables(states: Readonly<Record<string, RouteState>>): Promise<void> {
      const expected = names.map((name, index) => tableOf(before[index] ?? '', states[name] ?? 'old'));
      const found = (await tables()).map(linesOf);
      for (const [index, name] of names.entries()) expect([name, ...(found[index] ?? [])]).toEqual([name, ...(expected[index] ?? [])]);
    }

    async function reached(): Promise<number> {
      const answers = await Promise.all(fleet.hosts.map(({ reaches }) => reaches(fleet.target)));
      return answers.filter((answered) => answered).length;
    }

    /** Starts a rollout of one of the states to all hosts in waves. */
    async function rollOut(state: RouteState, ...args: readonly string[]): Promise<readonly string[]> {
      return ['rollout', 'start', '-f', await fleet.write(`${state}.yaml`, desiredYaml(state)), ...inWaves, ...args];
    }

    async function statusesOf(id: string): Promise<Record<string, string>> {
      const { stdout } = await fleet.controller.run('rollout', 'show', id, '-o', 'json');
      const rows: readonly { host: string; status: string; reason?: string }[] = JSON.parse(stdout);
      return Object.fromEntries(rows.map(({ host, status, reason }) => [host, reason === undefined ? status : `${status} ${reason}`]));
    }

    /** Commits of a rollout, by host, with their states. */
    async function commitsOf(id: string): Promise<readonly string[]> {
      const { stdout } = await fleet.controller.run('commit', 'list', '--all', '-o', 'json', '--last', '1000');
      const rows: readonly { host: string; id: string; state: string }[] = JSON.parse(stdout);
      const own = rows.filter((row) => row.id.startsWith(`rollout.${id}.`) && !/\.u\d+\./.test(row.id));
      return own.map(({ host, state }) => `${host} ${state}`).sort();
    }

    it('moves the whole fleet to another router, one host, then half, then all, and back', async () => {
      const { controller, routers } = fleet;
      // The router that the hosts use has failed.
      await routers[0].namespace.ip('link set lan0 down');
      undoing.defer(() => routers[0].namespace.ip('link set lan0 up'));
      expect(await reached()).toBe(0);
      const { code, stdout, stderr } = await controller.run(...(await rollOut('good', ...atOnce, '--probe', 'management-peer')));
      const id = rolloutIdIn(stdout);
      expect([code, stderr]).toEqual([0, '']);
      expect(stdout).toMatch(/wave 1 of 3: host-1\n[\s\S]*wave 2 of 3: 3 hosts, host-2, host-3, host-4\n[\s\S]*wave 3 of 3: 4 hosts, /);
      expect(stdout).toContain('\ndone; 8 of 8 confirmed\n');
      await expectTables(Object.fromEntries(names.map((name) => [name, 'good'])));
      expect(await reached()).toBe(8);
      expect(await commitsOf(id)).toEqual(names.map((name) => `${name} committed`));

      const undo = await controller.run('rollout', 'undo', id);
      expect(undo).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('done; 0 of 8 confirmed, 8 undone\n') });
      expect(await tables()).toEqual(before);
      expect(await reached()).toBe(0);
    });

    it.each([
      ['cuts it off its controller', 'cutting', ['--confirm-within', '3s'], '192.0.2.2/32', /rolled back: .*\(NOT_CONFIRMED\)/],
      ['leads to a router that is not there', 'dead', probed, '198.19.0.0/24', /rolled back: .*\(PROBE_FAILED\)/],
    ] as const)('stops at the canary, which undoes it by itself, a change that %s', async (_what, state, args, prefix, told) => {
      const monitors = await Promise.all(fleet.hosts.map(({ namespace }) => startIpMonitor(namespace)));
      undoing.defer(() => Promise.all(monitors.map(({ stop }) => stop())));
      const { code, stdout } = await fleet.controller.run(...(await rollOut(state, ...atOnce, ...args)));
      expect(stdout).toMatch(told);
      expect(stdout).toMatch(/stopping: 1 host failed, 0 may \(TOO_MANY_FAILURES\)/);
      expect(stdout).toMatch(/\nnot started +7 +host-2, host-3, host-4 and 4 more +-\n/);
      expect(code).toBe(4);
      await expectTables({});
      const [canary = [], ...others] = await Promise.all(monitors.map((monitor) => changesSeenBy(monitor)));
      expect(canary.filter((change) => change.includes(prefix) && change.includes('192.0.2.250'))).toEqual([
        expect.stringMatching(new RegExp(`^new ${prefix} via 192.0.2.250 `)),
        expect.stringMatching(new RegExp(`^deleted ${prefix} via 192.0.2.250 `)),
      ]);
      expect(others).toEqual([[], [], [], [], [], [], []]);
    });

    it('takes the change from the canary again when it is not well any more before the second wave', async () => {
      const { controller } = fleet;
      const live = controller.start(...(await rollOut('good', ...probed, ...byHand, '--on-failure', 'undo')));
      await live.said('wave 1 done');
      await expectTables({ 'host-1': 'good' });
      await dropAnswersTo('host-1');
      expect(await host('host-1').reaches(fleet.target)).toBe(false);
      const id = rolloutIdIn(live.stdout);
      await controller.run('rollout', 'promote', id);
      const { code, stdout } = await live.ended;
      expect(stdout).toMatch(/host-1: .*passed after the change and does not any more.*\(PROBE_FAILED\)/);
      expect(code).toBe(4);
      expect(await statusesOf(id)).toEqual({ ...Object.fromEntries(names.map((name) => [name, 'notStarted'])), 'host-1': 'undone' });
      await expectTables({});
      expect(await reached()).toBe(8);
    });

    it.each(['stop', 'undo'] as const)('is over its budget in the second wave, with --on-failure %s', async (onFailure) => {
      const { controller } = fleet;
      await dropAnswersTo('host-3');
      const budget = ['--max-failures', '1', '--concurrency', '1', '--on-failure', onFailure];
      const live = controller.start(...(await rollOut('good', ...probed, ...byHand, ...budget)));
      await live.said('wave 1 done');
      const id = rolloutIdIn(live.stdout);
      // Somebody writes a row by hand, after the plan.
      await host('host-4').namespace.ip('route add 203.0.113.0/24 via 192.0.2.253 dev lan0');
      undoing.defer(() => host('host-4').namespace.ip('route delete 203.0.113.0/24'));
      await controller.run('rollout', 'promote', id);
      const { code, stdout } = await live.ended;
      expect(stdout).toMatch(/stopping: 2 hosts failed, 1 may \(TOO_MANY_FAILURES\); no host is begun any more\n/);
      const confirmed = onFailure === 'undo' ? 'undone' : 'confirmed';
      expect(await statusesOf(id)).toEqual({
        ...Object.fromEntries(names.map((name) => [name, 'notStarted'])),
        'host-1': confirmed,
        'host-2': confirmed,
        'host-3': 'rolledBack PROBE_FAILED',
        'host-4': 'failed STALE_PLAN',
      });
      await undoing.run();
      if (onFailure === 'stop') {
        expect(code).toBe(3);
        expect(stdout).toMatch(/\nconfirmed +2 +host-1, host-2 +-\n/);
        await expectTables({ 'host-1': 'good', 'host-2': 'good' });
        expect(await controller.run('rollout', 'undo', id)).toMatchObject({ code: 0 });
      } else {
        expect(code).toBe(4);
        expect(stdout).toMatch(/\nundone +2 +host-1, host-2 +-\n/);
      }
      await expectTables({});
    });

    it('goes on without a host whose agent is killed, and without one that loses its link, before they are confirmed', async () => {
      const { controller } = fleet;
      // Their agents wait for an answer to the probe: for five seconds the change is made and not confirmed.
      await dropAnswersTo('host-3', 'host-4');
      const hardTime = ['--max-unreachable', '2', '--host-timeout', '15s'];
      const live = controller.start(...(await rollOut('good', ...probed, ...atOnce, ...hardTime)));
      await Promise.all([
        changed('host-3').then(() => host('host-3').killAgent()),
        changed('host-4').then(() => host('host-4').setCable('out')),
      ]);
      undoing.defer(() => host('host-4').setCable('in'));
      const { code, stdout } = await live.ended;
      const id = rolloutIdIn(stdout);
      expect(await statusesOf(id)).toEqual({
        ...Object.fromEntries(names.map((name) => [name, 'confirmed'])),
        'host-3': 'unreachable UNREACHABLE',
        'host-4': expect.stringMatching(/^unreachable (UNREACHABLE|DEADLINE_EXCEEDED)$/),
      });
      expect(stdout).toContain('\ndone; 6 of 8 confirmed\n');
      expect(code).toBe(3);

      const good = Object.fromEntries(names.map((name) => [name, 'good'] as const));
      await undoing.run();
      // Nobody has undone it yet on the host without an agent.
      await expectTables({ ...good, 'host-4': 'old' });
      await host('host-3').startAgent();
      await expectTables({ ...good, 'host-3': 'old', 'host-4': 'old' });
      expect(await commitsOf(id)).toEqual(names.map((name) => `${name} ${/[34]/.test(name) ? 'rolledBack' : 'committed'}`));
      expect(await controller.run('rollout', 'undo', id)).toMatchObject({ code: 0 });
    });

    it('goes through after its controller was killed while a host was being changed, which the agent undid', async () => {
      const { controller } = fleet;
      await dropAnswersTo('host-1');
      const live = controller.start(...(await rollOut('good', ...probed, ...atOnce)));
      await changed('host-1');
      const id = rolloutIdIn((await live.kill()).stdout);
      await undoing.run();
      const resumed = await controller.run('rollout', 'resume', id);
      expect(resumed).toMatchObject({ code: 0, stdout: expect.stringContaining('\ndone; 8 of 8 confirmed\n') });
      await expectTables(Object.fromEntries(names.map((name) => [name, 'good'])));
      expect(await commitsOf(id)).toEqual(['host-1 committed', 'host-1 rolledBack', ...names.slice(1).map((name) => `${name} committed`)]);
      expect(await controller.run('rollout', 'undo', id)).toMatchObject({ code: 0 });
    });

    /** The second router knows no way back to these hosts. */
    async function dropAnswersTo(...dropped: readonly string[]): Promise<void> {
      const { ip } = fleet.routers[1].namespace;
      for (const name of dropped) {
        await ip(`route add blackhole ${host(name).ipAddress}/32`);
        undoing.defer(() => ip(`route delete blackhole ${host(name).ipAddress}/32`));
      }
    }

    /** Waits until the change is in the table of a host. */
    function changed(name: string): Promise<void> {
      return until(async () => (await host(name).namespace.ip('route show exact 198.19.0.0/24')).includes('192.0.2.254'));
    }
  });
}
