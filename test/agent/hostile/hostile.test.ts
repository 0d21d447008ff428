import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callLimits } from '../../../agent/access/limits.js';
import { CommitState } from '../../../proto/gen/routefleet/v1/commit.pb.js';
import type { Wire } from '../../support/wire.js';
import type { AttackName } from './attacks/index.js';
import type { Result } from './attacks/target.js';
import { type Attacked, createHostileScene, type HostileScene } from './scene.js';
import { distributionOf, type Latencies } from './well-behaved.js';

/** What the memory of the agent may grow by in all attacks together: a table of 10,000 rows as one identity may have it at once, and room. */
const memoryBound = 256 * 1024 * 1024;

let scene: HostileScene;
let memoryBefore = 0;
const table: string[] = [];

beforeAll(async () => {
  scene = await createHostileScene();
  // What loads at the first use of a kind is not what an attack takes.
  const warm = await scene.connect('warm');
  await warm.listRoutes();
  memoryBefore = (await scene.health()).memory;
});

afterAll(async () => {
  await scene?.close();
  console.log(['', 'a well-behaved client while the agent is attacked (ms, and how often as long as before)', ...table].join('\n'));
});

function row(what: string, { result, before, meanwhile }: Attacked, memory: number): string {
  const pair = (name: 'p50' | 'p99'): string =>
    `${name} ${before[name].toFixed(1)} → ${meanwhile[name].toFixed(1)} (× ${(meanwhile[name] / before[name]).toFixed(1)})`;
  const facts = Object.entries(result).map(([name, count]) => `${name} ${count}`);
  return [what.padEnd(18), pair('p50'), pair('p99'), `memory ${(memory / 2 ** 20).toFixed(0)} MiB`, facts.join(', ')].join(' | ');
}

/** Attacks, and sees to what holds for every attack. */
async function survive(name: AttackName, meanwhile?: (running: AbortSignal) => Promise<void>): Promise<Result> {
  const attacked = await scene.attack(name, meanwhile);
  const { memory, incidents } = await scene.health();
  table.push(row(name, attacked, memory));
  expect(scene.agentPid(), 'the agent runs').toBeDefined();
  expect(attacked.meanwhile.failed, 'calls of others that failed').toEqual([]);
  expect(incidents, 'what failed unexpectedly').toEqual([]);
  expect(memory - memoryBefore, 'growth of the memory of the agent').toBeLessThan(memoryBound);
  return attacked.result;
}

describe('before TLS and behind it', () => {
  it.each(['noiseBeforeTls', 'noiseAfterTls', 'silence'] as const)('%s: every such connection is closed', async (name) => {
    const { connections, closed } = await survive(name);
    expect(closed).toBe(connections);
  });

  it('10,000 idle connections: a part is let in, and others are served', async () => {
    const { connections, held } = await survive('idleConnections');
    expect(connections).toBe(10_000);
    expect(held).toBeLessThanOrEqual(4000);
  });

  it('handshakes at full speed from eight addresses: others are served', async () => {
    expect((await survive('handshakes')).made).toBeGreaterThan(0);
  });
});

describe('frames', () => {
  it('malformed ones are answered by the end of the connection, or passed over', async () => {
    const { frames, decided, closed } = await survive('malformedFrames');
    expect(decided).toBe(frames);
    expect(closed).toBeGreaterThan(10);
  });

  it.each(['continuationFlood', 'settingsFlood', 'pingFlood', 'emptyData'] as const)('%s: the connection is closed', async (name) => {
    expect(await survive(name)).toMatchObject({ closed: 1 });
  });

  it('10,000 streams that are reset at once: the agent takes no more of them', async () => {
    expect(await survive('rapidReset')).toMatchObject({ turnedAway: 1 });
  });

  it('giant headers are refused', async () => {
    const { calls, answered } = await survive('giantHeaders');
    expect(answered).toBe(calls);
  });
});

describe('calls', () => {
  it('malformed messages are refused', async () => {
    const { calls, answered } = await survive('malformedMessages');
    expect(answered).toBe(calls);
  });

  it('10,000 requests that never come: all but a few are refused', async () => {
    const { refused, connectionsLeft } = await survive('openRequests');
    expect((refused as number) > 0 || (connectionsLeft as number) < 20).toBe(true);
  });

  it.each([
    ['slowListReader', 300 - 32],
    ['slowWatchReader', 300 - 256],
  ] as const)('%s: answers that nobody reads are limited', async (name, refused) => {
    const result = await survive(name);
    // Whoever was refused often enough is not even answered.
    if (result.closed === 0) expect(result.refused).toBeGreaterThanOrEqual(refused);
  });
});

let changes = 0;

/** Makes changes that wait for a confirmation, and confirms them. @returns times of ConfirmCommit in ms */
async function confirm(wire: Wire, goesOn: (round: number) => boolean): Promise<number[]> {
  const times: number[] = [];
  for (let round = 0; goesOn(round); round++) {
    changes += 1;
    const route = { destinationPrefix: '10.99.0.0/24', nextHop: '10.20.0.1', metric: 5000 + changes };
    const options = { confirmWithin: { seconds: 600n, nanos: 0 } };
    const { commit, failure } = await wire.applyRoutes({
      header: { options },
      operations: [{ operation: { $case: 'put', value: route } }],
    });
    expect(failure, `round ${round}`).toBeUndefined();
    const begun = performance.now();
    const confirmed = await wire.confirmCommit({ commitId: commit?.id ?? '' });
    times.push(performance.now() - begun);
    expect(confirmed.commit?.state).toBe(CommitState.COMMITTED);
  }
  return times;
}

describe('an identity at full speed', () => {
  it.each([
    ['readFlood', 'GetAgent', callLimits.read],
    ['settleFlood', 'ConfirmCommit', callLimits.settle],
    // What no handler is for is answered by grpc-js, before any limit.
    ['unknownFlood', 'NoSuchRpc', { burst: 0, perSecond: 0 }],
  ] as const)('%s: another one confirms its commits', async (name, rpc, { burst, perSecond }) => {
    const operator = await scene.connect('operator-who-confirms');
    const before = await confirm(operator, (round) => round < 10);
    const handled = async (): Promise<number> => (await scene.health()).handled[`/routefleet.v1.RouteService/${rpc}`] ?? 0;
    const handledBefore = await handled();
    let meanwhile: number[] = [];
    const result = await survive(name, async (running) => {
      meanwhile = await confirm(operator, (round) => round === 0 || !running.aborted);
    });
    const pair: Pick<Latencies, 'p50' | 'p99' | 'longest'>[] = [before, meanwhile].map(distributionOf);
    table.push(
      `${name}: ConfirmCommit p50 ${pair.map(({ p50 }) => p50.toFixed(1)).join(' → ')} ms, longest ${pair.map(({ longest }) => longest.toFixed(1)).join(' → ')} ms, ${meanwhile.length} confirmed`,
    );
    if (rpc !== 'NoSuchRpc') expect(result.refused).toBeGreaterThan(0);
    // Those of the others are at most a hundred a second.
    const allowed = burst + (perSecond + 100) * (Number(result.seconds) + 1);
    expect((await handled()) - handledBefore, `calls that the handler of ${rpc} saw`).toBeLessThanOrEqual(allowed);
    expect(meanwhile.length).toBeGreaterThan(0);
  });
});
