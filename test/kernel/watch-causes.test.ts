import { randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFailed, onTestFinished } from 'vitest';
import { Atomicity, type Commit, CommitState, type RouteOperation } from '../../proto/gen/routefleet/v1/commit.pb.js';
import type { RouteChange } from '../../proto/gen/routefleet/v1/route_service.pb.js';
import { byAlias } from '../contract/fixture.js';
import { buildKernelRig, createKernelHost, type KernelAgent, type KernelHost, missingForKernelRig } from '../support/kernel-rig.js';
import { type Watching, watchOnWire } from '../support/watching.js';
import { type Partially, WireError } from '../support/wire.js';
import { type Foreign, foreignFrom, type Place, places, whileOthersWrite } from './watch-foreign.js';
import { createRandom, type Random } from './watch-storm.js';
import { interfaceMetricOf, kernelMetric, kernelTable, untilSame, wireTable } from './watch-table.js';

const missing = missingForKernelRig();
type Operation = Partially<RouteOperation>;
const dmz0 = byAlias('dmz0');
/** `metric` as Linux has it. */
const write = (place: Place, metric: number, $case: 'put' | 'create' | 'set' = 'put'): Operation => ({
  operation: { $case, value: { ...place, interface: dmz0, metric: metric - interfaceMetricOf('dmz0') } },
});
const remove = (place: Place): Operation => ({ operation: { $case: 'delete', value: { ...place, interface: dmz0 } } });

describe.skipIf(missing !== undefined)(`who changed a row${missing ? ` (missing: ${missing})` : ''}`, () => {
  let host: KernelHost;
  let agent: KernelAgent;
  let random: Random;
  /** Metrics, and the commit that writes them: each has one of its own. */
  const writers = new Map<number, string>();
  beforeAll(async () => {
    host = await createKernelHost();
    // Slow writes, between which others have time.
    const slow = ['CreateIpForwardEntry', 'SetIpForwardEntry', 'CreateIpForwardEntry2', 'SetIpForwardEntry2', 'DeleteIpForwardEntry2'];
    agent = await host.startAgent({
      library: await buildKernelRig(),
      environment: { RIG_DELAY: slow.map((name) => `${name}:1500`).join() },
    });
  });
  afterAll(() => host?.remove());
  beforeEach(() => {
    const seed = Number(process.env.WATCH_SEED ?? randomInt(2 ** 31));
    onTestFailed(() => console.log(`again with WATCH_SEED=${seed}`));
    random = createRandom(seed);
  });

  /** A name for a commit, and the metric that only it writes. */
  function nextCommit(): { readonly commitId: string; readonly metric: number } {
    const metric = 100 + writers.size;
    writers.set(metric, `commit-${writers.size}`);
    return { commitId: `commit-${writers.size - 1}`, metric };
  }

  async function startWatch(): Promise<Watching> {
    const watching = watchOnWire(agent.wire, { filter: { interface: dmz0 } });
    onTestFinished(() => watching.close());
    await watching.ready();
    return watching;
  }

  async function apply(commitId: string, operations: readonly Operation[], atomicity: Atomicity, confirmSeconds?: number): Promise<Commit> {
    const confirmWithin = confirmSeconds === undefined ? undefined : { seconds: BigInt(confirmSeconds), nanos: 0 };
    const { commit, failure } = await agent.wire.applyRoutes({ header: { options: { commitId, confirmWithin }, atomicity }, operations });
    if (commit === undefined) throw failure ?? new Error('no commit');
    return commit;
  }

  const during = <Value>(foreign: Foreign, run: () => Promise<Value>) => whileOthersWrite(host.namespace, random, foreign, run);

  async function settled(watching: Watching): Promise<void> {
    const onDmz0 = (table: ReadonlyMap<string, number>) => new Map([...table].filter(([key]) => key.endsWith(' dmz0')));
    const told = () => wireTable(watching.rows.values());
    expect(await untilSame(async () => onDmz0(await kernelTable(host.namespace)), told)).toEqual([]);
  }

  /** Judges every change by its metric alone; `deleter` says who deletes rows of a prefix: undefined is the other program. */
  function wrong(changes: readonly RouteChange[], undone: readonly string[], deleter: (prefix: string) => readonly string[]): string[] {
    return changes.flatMap(({ route, previous, commitId, revision }) => {
      const { destinationPrefix = '' } = route ?? previous ?? {};
      const metric = route && kernelMetric(route);
      const writer = metric === undefined ? undefined : (writers.get(metric) ?? '');
      const expected = writer === undefined ? deleter(destinationPrefix) : [writer, ...(writer === '' ? [] : undone)];
      const before = previous && kernelMetric(previous);
      return expected.includes(commitId)
        ? []
        : [`${revision} ${destinationPrefix} ${before} > ${metric}: "${commitId}", not "${expected}"`];
    });
  }

  const report = (what: string, changes: readonly RouteChange[]): void => {
    const own = changes.filter(({ commitId }) => commitId !== '').length;
    console.log(`${what}: ${changes.length} changes, ${own} of commits, ${changes.length - own} of others`);
  };

  it('is told of each change, while a commit and another program write the same rows', async () => {
    const [contended, recreated, ours, theirs] = [places(10, 120), places(11, 60), places(12, 60), places(13, 40)];
    const deletes: string[] = [];
    const watching = await startWatch();
    let between = 0;
    for (let round = 0; round < 6; round++) {
      const { commitId, metric } = nextCommit();
      if (round % 2 === 1) deletes.push(commitId);
      const operations = [
        ...[...contended, ...recreated].map((place) => write(place, metric)),
        ...ours.map((place) => (round % 2 === 0 ? write(place, metric, 'create') : remove(place))),
      ];
      const run = () => apply(commitId, operations, Atomicity.CONTINUE_ON_ERROR);
      await during({ rewritten: [...contended, ...theirs], deleted: recreated }, run);
      const own = watching.changes.flatMap((change, index) => (change.commitId === commitId ? [index] : []));
      expect(own.length).toBeGreaterThan(60);
      const meanwhile = watching.changes.slice(own[0], own.at(-1));
      between += meanwhile.filter((change) => change.commitId === '').length;
    }
    await settled(watching);
    report('same rows', watching.changes);
    console.log(`${between} changes of others between two steps of a commit`);
    expect(between).toBeGreaterThan(100);
    const ourPrefixes = new Set(ours.map(({ destinationPrefix }) => destinationPrefix));
    expect(wrong(watching.changes, [], (prefix) => (ourPrefixes.has(prefix) ? deletes : ['']))).toEqual([]);
    for (const commitId of deletes) {
      const gone = watching.changes.filter((change) => change.commitId === commitId && change.route === undefined);
      expect(gone.length).toBe(ours.length);
    }
  });

  it('is told that a row of others went before a commit created it anew', async () => {
    const rows = places(40, 100);
    const watching = await startWatch();
    const created = new Set<string>();
    /** Rows whose end nobody had noticed when the commit came. */
    const anew = (): number =>
      watching.changes.filter((change, index) => {
        const before = watching.changes[index - 1];
        if (change.commitId === '' || before?.commitId !== '' || before.route !== undefined) return false;
        return before.previous?.destinationPrefix === change.route?.destinationPrefix;
      }).length;
    while (anew() < 3) {
      expect(created.size).toBeLessThan(150);
      const { commitId, metric } = nextCommit();
      created.add(commitId);
      // Those that are there when it is planned are refused.
      await host.namespace.batch(rows.map(({ destinationPrefix }) => `route flush exact ${destinationPrefix}`));
      await during({ flickering: rows }, () =>
        apply(
          commitId,
          rows.map((place) => write(place, metric, 'create')),
          Atomicity.CONTINUE_ON_ERROR,
        ),
      );
    }
    await settled(watching);
    report('created anew', watching.changes);
    console.log(`${anew()} rows created anew in ${created.size} commits`);
    expect(wrong(watching.changes, [], () => [''])).toEqual([]);
    // What is created was not there.
    expect(watching.changes.filter(({ commitId, previous }) => created.has(commitId) && previous !== undefined)).toEqual([]);
  });

  it('is told of a row that others changed between the write of a commit and its read-back as their doing', async () => {
    // Both run while the agent waits for the read-back; should they come too late, the next row is tried.
    const slow = await host.startAgent({ library: await buildKernelRig(), environment: { RIG_DELAY: 'GetIpForwardEntry2:500000' } });
    const watching = watchOnWire(slow.wire, { filter: { interface: dmz0 } });
    onTestFinished(() => watching.close());
    await watching.ready();
    let spoilt: Place | undefined;
    for (const place of places(41, 40)) {
      const { destinationPrefix, nextHop } = place;
      const { metric } = nextCommit();
      const family = destinationPrefix.includes(':') ? '-6' : '-4';
      const route = { ...place, interface: dmz0, metric: metric - interfaceMetricOf('dmz0') };
      const created = slow.wire.createRoute({ route }).catch((error: unknown) => error);
      const ended = created.then(() => true);
      const isThere = async () => (await host.namespace.ip(`${family} route show exact ${destinationPrefix}`)) !== '';
      while (!(await isThere()) && !(await Promise.race([ended, delay(5, false)])));
      const way = `${destinationPrefix} via ${nextHop} dev dmz0`;
      await host.namespace.batch([`route delete ${way}`, `route add ${way} metric ${foreignFrom}`]);
      const failure = await created;
      if (!(failure instanceof WireError) || failure.reason !== 'FOREIGN_CHANGE') continue;
      spoilt = place;
      break;
    }
    expect(spoilt).toBeDefined();
    const changesOf = () => watching.changes.filter(({ route }) => route?.destinationPrefix === spoilt?.destinationPrefix);
    await watching.until(() => changesOf().length > 0);
    const told = changesOf().map(({ route, commitId }) => [route && kernelMetric(route), commitId]);
    expect(told).toEqual([[foreignFrom, '']]);
    await slow.stop();
  });

  it('is told of what a rollback puts back, when nobody confirms and others write meanwhile', async () => {
    const [kept, taken, created, theirs] = [places(20, 60), places(21, 60), places(22, 60), places(23, 40)];
    const base = nextCommit();
    await apply(
      base.commitId,
      [...kept, ...taken].map((place) => write(place, base.metric, 'create')),
      Atomicity.ALL_OR_NOTHING,
    );
    const watching = await startWatch();
    const { commitId, metric } = nextCommit();
    const operations = [
      ...[...kept, ...taken].map((place) => write(place, metric, 'set')),
      ...created.map((place) => write(place, metric, 'create')),
    ];
    // While it is written the others leave its rows alone, or it would be refused.
    await during({ rewritten: theirs }, () => apply(commitId, operations, Atomicity.ALL_OR_NOTHING, 2));
    await during({ rewritten: [...taken, ...theirs] }, () => untilState(commitId, CommitState.ROLLED_BACK));
    await settled(watching);
    report('not confirmed', watching.changes);
    const createdPrefixes = new Set(created.map(({ destinationPrefix }) => destinationPrefix));
    expect(wrong(watching.changes, [commitId], (prefix) => (createdPrefixes.has(prefix) ? [commitId] : ['']))).toEqual([]);
    // 60 set and put back, 60 created and deleted; the others took the rest.
    const ownOf = (rows: readonly Place[]) => {
      const prefixes = new Set(rows.map(({ destinationPrefix }) => destinationPrefix));
      return watching.changes.filter(
        (change) => change.commitId === commitId && prefixes.has((change.route ?? change.previous)?.destinationPrefix ?? ''),
      );
    };
    expect([ownOf(kept).length, ownOf(created).length]).toEqual([120, 120]);
  });

  it('is told of what a rollback puts back, when a step fails and others write meanwhile', async () => {
    const [kept, spoilt, theirs] = [places(30, 220), places(31, 20), places(32, 60)];
    const base = nextCommit();
    await apply(
      base.commitId,
      kept.map((place) => write(place, base.metric, 'create')),
      Atomicity.ALL_OR_NOTHING,
    );
    for (const { destinationPrefix, nextHop } of spoilt)
      await host.namespace.ip(`route add ${destinationPrefix} via ${nextHop} metric ${foreignFrom}`);
    const watching = await startWatch();
    const keptPrefixes = new Set(kept.map(({ destinationPrefix }) => destinationPrefix));
    const tried: string[] = [];
    const own = () => watching.changes.filter(({ commitId, route }) => commitId !== '' && keptPrefixes.has(route?.destinationPrefix ?? ''));
    // A row that is away just when it is planned is to be created, which comes first and fails before anything else is written.
    while (own().length === 0 && tried.length < 20) {
      const { commitId, metric } = nextCommit();
      tried.push(commitId);
      const operations = [...kept, ...spoilt].map((place) => write(place, metric, 'put'));
      const commit = await during({ rewritten: [...spoilt, ...theirs] }, () => apply(commitId, operations, Atomicity.ALL_OR_NOTHING));
      expect(commit.state).toBe(CommitState.ROLLED_BACK);
      await settled(watching);
    }
    report('a failing step', watching.changes);
    expect(own().length).toBe(2 * kept.length);
    expect(wrong(watching.changes, tried, () => [''])).toEqual([]);
  });

  async function untilState(commitId: string, state: CommitState): Promise<void> {
    for (;;) {
      const { commit } = await agent.wire.getCommit({ commitId });
      if (commit?.state === state) return;
      await delay(50);
    }
  }
});
