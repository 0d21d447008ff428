import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ControllerRun, FleetController } from '../support/fleet-controller.js';
import { type IpMonitor, startIpMonitor } from '../support/ip-monitor.js';
import { createKernelFleet, type FleetHost, type KernelFleet } from '../support/kernel-fleet.js';
import { missingForKernelRig } from '../support/kernel-rig.js';
import { changesSeenBy, desiredYaml, linesOf, tableOf } from './rollout-tables.js';

const missing = missingForKernelRig();
/** Controllers that die at the same time, each with three hosts and a directory of rollouts of its own. */
const parallel = 3;
const hostsEach = 3;

/** Where a controller is killed: at the n-th synced write of its process, which is a line of the journal, or a directory. */
interface KillPlace {
  readonly how: 'before' | 'torn' | 'after';
  readonly sync: number;
  /** Whole lines that it has left in the journal by then. */
  readonly lines: number;
  readonly what: string;
}

/** A rollout and its undoing, with controllers that are killed on the way. */
interface Round {
  readonly start: KillPlace | undefined;
  /** Of the controller that takes over. */
  readonly resume: KillPlace | undefined;
  readonly undo: KillPlace | undefined;
}

/** Of a rollout that nobody disturbs: what its journal tells, and what the kernel of each host does. */
interface Reference {
  readonly started: readonly string[];
  readonly undone: readonly string[];
  readonly changes: readonly (readonly string[])[];
}

interface Lane {
  readonly hosts: readonly FleetHost[];
  readonly monitors: readonly IpMonitor[];
  readonly before: readonly string[];
  readonly rolloutsDir: string;
  /** Choose its hosts. */
  readonly chosen: readonly string[];
}

describe.skipIf(missing !== undefined)(`a controller that is killed${missing ? ` (missing: ${missing})` : ''}`, () => {
  let fleet: KernelFleet;
  let killed: FleetController;
  let good: string;
  let lanes: readonly Lane[];
  beforeAll(async () => {
    fleet = await createKernelFleet({ hosts: parallel * hostsEach });
    killed = await fleet.controllerWith('test/support/killed-cli.ts');
    const old = await fleet.write('old.yaml', desiredYaml('old'));
    good = await fleet.write('good.yaml', desiredYaml('good'));
    expect(await fleet.controller.run('apply', '-f', old, '--all')).toMatchObject({ code: 0 });
    lanes = await Promise.all(Array.from({ length: parallel }, (_, index) => createLane(index)));
  });
  afterAll(async () => {
    await Promise.all((lanes ?? []).flatMap(({ monitors }) => monitors.map(({ stop }) => stop())));
    await fleet?.remove();
  });

  async function createLane(index: number): Promise<Lane> {
    const hosts = fleet.hosts.slice(index * hostsEach, (index + 1) * hostsEach);
    return {
      hosts,
      monitors: await Promise.all(hosts.map(({ namespace }) => startIpMonitor(namespace))),
      before: await Promise.all(hosts.map((host) => host.table())),
      rolloutsDir: `${fleet.rolloutsDir}-${index}`,
      chosen: hosts.flatMap(({ name }) => ['--host', name]),
    };
  }

  it('at every transition of the journal, of a rollout and of undoing it, is followed by one that does the rest, and nothing twice', async () => {
    const [first] = lanes;
    if (first === undefined) throw new Error('no lane');
    const reference = await observe(first);
    const rounds = roundsOf(reference);
    const waiting = [...rounds];
    const failures: string[] = [];
    let kills = 0;
    await Promise.all(
      lanes.map(async (lane) => {
        const ids: string[] = [];
        for (let round = waiting.shift(); round !== undefined; round = waiting.shift()) {
          try {
            ids.push(await goThrough(lane, reference, round));
            kills += placesIn(round).length;
          } catch (error) {
            failures.push(`${placesIn(round).map(textOf).join(', ')}: ${error}`);
            // Its hosts are not as before.
            return;
          }
        }
        await expectCommits(lane, ids);
      }),
    );
    const of = (which: keyof Round): number => rounds.filter((round) => round[which] !== undefined).length;
    console.log(
      `controller killed at ${kills} places: ${of('start')} of a rollout, ${of('resume')} of resuming it, ${of('undo')} of undoing it`,
    );
    expect(failures).toEqual([]);
    expect(kills).toBe(of('start') + of('resume') + of('undo'));
  }, 1_800_000);

  const inDir = ({ rolloutsDir }: Lane): readonly string[] => ['--rollouts-dir', rolloutsDir];
  /** One host at a time: a controller that dies while another host is being changed takes that change along, which the agent then undoes. */
  const startArgs = (lane: Lane): readonly string[] => {
    const waves = ['--waves', '1,100%', '--soak', '1ms', '--concurrency', '1', '--confirm-within', '1h'];
    return ['rollout', 'start', '-f', good, ...lane.chosen, ...waves, ...inDir(lane)];
  };
  const rollout = (lane: Lane, verb: string, id: string): Promise<ControllerRun> =>
    fleet.controller.run('rollout', verb, id, ...inDir(lane));

  async function observe(lane: Lane): Promise<Reference> {
    const seen = lane.monitors.map(({ routes }) => routes.length);
    expect(await fleet.controller.run(...startArgs(lane))).toMatchObject({ code: 0, stderr: '' });
    const id = await newestOf(lane);
    const started = await linesOfJournal(lane, id);
    await expectGood(lane);
    expect(await rollout(lane, 'undo', id)).toMatchObject({ code: 0, stderr: '' });
    const all = await linesOfJournal(lane, id);
    await expectBefore(lane);
    return { started, undone: all.slice(started.length), changes: await changesSince(lane, seen) };
  }

  /** @returns the id of the rollout */
  async function goThrough(lane: Lane, reference: Reference, { start, resume, undo }: Round): Promise<string> {
    const seen = lane.monitors.map(({ routes }) => routes.length);
    const id = start === undefined ? await startWhole(lane) : await startKilled(lane, start, resume);
    await expectGood(lane);
    await (undo === undefined ? undoWhole(lane, id) : undoKilled(lane, id, undo));
    await expectBefore(lane);
    expect(await changesSince(lane, seen)).toEqual(reference.changes);
    return id;
  }

  async function startWhole(lane: Lane): Promise<string> {
    expect(await fleet.controller.run(...startArgs(lane))).toMatchObject({ code: 0, stderr: '' });
    return newestOf(lane);
  }

  async function startKilled(lane: Lane, place: KillPlace, again: KillPlace | undefined): Promise<string> {
    await kill(place, startArgs(lane));
    const id = await newestOf(lane);
    expect(await wholeLines(lane, id)).toBe(place.lines);
    if (place.lines === 0) {
      // It had not begun: nothing is on any host, and it is not in the list.
      await expectBefore(lane);
      expect((await fleet.controller.run('rollout', 'list', '-o', 'json', ...inDir(lane))).stdout).not.toContain(id);
      return startWhole(lane);
    }
    if (again !== undefined) await killDriver(lane, 'resume', id, again);
    const resumed = await rollout(lane, 'resume', id);
    expectRun(resumed, 0, 'done; 3 of 3 confirmed\n');
    return id;
  }

  async function undoWhole(lane: Lane, id: string): Promise<void> {
    expect(await rollout(lane, 'undo', id)).toMatchObject({ code: 0, stderr: '' });
  }

  async function undoKilled(lane: Lane, id: string, place: KillPlace): Promise<void> {
    await killDriver(lane, 'undo', id, place);
    const resumed = await rollout(lane, 'resume', id);
    if (place.lines > 0) {
      expectRun(resumed, 4, '0 of 3 confirmed, 3 undone\n');
      return;
    }
    // Nobody had asked yet to undo it.
    expectRun(resumed, 0, 'done; 3 of 3 confirmed\n');
    await undoWhole(lane, id);
  }

  /** Kills a controller that goes on with a rollout; its lines are counted from where it began. */
  async function killDriver(lane: Lane, verb: 'resume' | 'undo', id: string, place: KillPlace): Promise<void> {
    const linesBefore = await wholeLines(lane, id);
    await kill(place, ['rollout', verb, id, ...inDir(lane)]);
    expect((await wholeLines(lane, id)) - linesBefore).toBe(place.lines);
  }

  async function kill({ how, sync }: KillPlace, args: readonly string[]): Promise<void> {
    const { code, signal, stderr } = await killed.run(how, `${sync}`, ...args);
    expect([code, signal, stderr]).toEqual([null, 'SIGKILL', '']);
  }

  async function expectGood(lane: Lane): Promise<void> {
    const tables = await Promise.all(lane.hosts.map((host) => host.table()));
    expect(tables.map(linesOf)).toEqual(lane.before.map((table) => tableOf(table, 'good')));
  }

  async function expectBefore(lane: Lane): Promise<void> {
    expect(await Promise.all(lane.hosts.map((host) => host.table()))).toEqual(lane.before);
  }

  /** One for each rollout and one for undoing it, on each host. */
  async function expectCommits(lane: Lane, ids: readonly string[]): Promise<void> {
    const { code, stdout } = await fleet.controller.run('commit', 'list', ...lane.chosen, '-o', 'json', '--last', '1000');
    expect(code).toBe(0);
    const rows: readonly { host: string; id: string; state: string }[] = JSON.parse(stdout);
    for (const id of ids) {
      const own = rows.filter((row) => row.id.startsWith(`rollout.${id}.`));
      const told = own.map((row) => `${row.host} ${row.id.includes('.u1.') ? 'undoing' : 'rollout'} ${row.state}`);
      expect(told.sort()).toEqual(lane.hosts.flatMap(({ name }) => [`${name} rollout committed`, `${name} undoing committed`]));
    }
  }

  async function changesSince({ monitors }: Lane, seen: readonly number[]): Promise<readonly (readonly string[])[]> {
    const changes = await Promise.all(monitors.map((monitor, index) => changesSeenBy(monitor, seen[index])));
    return changes.map((each) => each.toSorted());
  }
});

async function newestOf({ rolloutsDir }: Lane): Promise<string> {
  return (await readdir(rolloutsDir)).sort().at(-1) ?? '';
}

/** All that was said is wanted where it is not what it should be. */
function expectRun({ code, stdout, stderr }: ControllerRun, wantedCode: number, text: string): void {
  if (code !== wantedCode || !stdout.includes(text)) throw new Error(`${code}, not ${wantedCode}: ${stdout}${stderr}`);
}

/** Types of the whole lines of a journal, in order. */
async function linesOfJournal({ rolloutsDir }: Lane, id: string): Promise<readonly string[]> {
  const path = join(rolloutsDir, id, 'journal');
  if (!existsSync(path)) return [];
  const lines = (await readFile(path, 'utf8')).split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line.slice(9)).type);
}

async function wholeLines(lane: Lane, id: string): Promise<number> {
  return (await linesOfJournal(lane, id)).length;
}

const hows = ['before', 'torn', 'after'] as const;

/** Every place of a start and of an undo, as many as possible in one round; a controller that takes over is killed after the middle of a rollout. */
function roundsOf({ started, undone }: Reference): readonly Round[] {
  const starts = placesOfStart(started);
  const undos = placesOfAppends(undone);
  const resumes = placesOfAppends(['takenOver']);
  const middle = Math.floor(starts.length / 2);
  return Array.from({ length: Math.max(starts.length, undos.length) }, (_, index) => ({
    start: starts[index],
    resume: resumes[index - middle],
    undo: undos[index],
  }));
}

function placesIn({ start, resume, undo }: Round): readonly KillPlace[] {
  return [start, resume, undo].filter((place) => place !== undefined);
}

/** The first line is synced under another name, then two directories, and then come the events. */
function placesOfStart([first = '', ...events]: readonly string[]): readonly KillPlace[] {
  const unnamed = hows.map((how): KillPlace => ({ how, sync: 1, lines: 0, what: first }));
  const directories = [2, 3].flatMap((sync) =>
    (['before', 'after'] as const).map((how): KillPlace => ({ how, sync, lines: 1, what: 'a directory' })),
  );
  const later = placesOfAppends(events).map((place) => ({ ...place, sync: place.sync + 3, lines: place.lines + 1 }));
  return [...unnamed, ...directories, ...later];
}

function placesOfAppends(events: readonly string[]): readonly KillPlace[] {
  return events.flatMap((what, index) =>
    hows.map((how): KillPlace => ({ how, sync: index + 1, lines: index + (how === 'after' ? 1 : 0), what })),
  );
}

function textOf({ how, sync, what }: KillPlace): string {
  return `${how} ${what} (sync ${sync})`;
}
