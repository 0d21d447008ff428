import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CommitState, Risk, type RouteOperation, type WriteOptions } from '../../proto/gen/routefleet/v1/commit.pb.js';
import { byAlias, failureOf } from '../contract/fixture.js';
import { missingForKernelRig } from '../support/kernel-rig.js';
import { createLockOutNetwork, type LockOutController, type LockOutNetwork } from '../support/lock-out-network.js';
import { type Partially, reasonOf, type Wire } from '../support/wire.js';

const missing = missingForKernelRig();
const confirmSeconds = 4;
const confirmWithin = { seconds: BigInt(confirmSeconds), nanos: 0 };
type Family = 4 | 6;
type Options = Partially<WriteOptions>;

/** What differs between the families. `dead`: addresses at which nobody answers. */
const words = {
  4: { any: '0.0.0.0/0', onLink: '0.0.0.0', router: '192.0.2.1', dead: '192.0.2.9', host: 32, net: 24 },
  6: { any: '::/0', onLink: '::', router: '2001:db8:2::1', dead: '2001:db8:2::9', host: 128, net: 64 },
} as const;

/** A change that cuts a controller off. */
interface LockOut {
  readonly name: string;
  /** Index of the controller that is lost. */
  readonly lost: 0 | 1;
  /** Why it is refused without a way back. */
  readonly refusal: 'RISK_NOT_ACCEPTED' | 'PROBE_FAILED';
  /** Risks that must be accepted besides. */
  readonly both?: readonly Risk[];
  change(family: Family): (wire: Wire, options: Options) => Promise<unknown>;
  /** What cuts the controller off once the change is made. */
  afterwards?(): Promise<unknown>;
}

describe.skipIf(missing !== undefined)(`changes that lock controllers out${missing ? ` (missing: ${missing})` : ''}`, () => {
  let network: LockOutNetwork;
  const wires: Wire[] = [];
  const summary: string[] = [];
  let commits = 0;
  beforeAll(async () => {
    network = await createLockOutNetwork();
  });
  afterEach(() => {
    for (const wire of wires.splice(0)) wire.close();
  });
  afterAll(async () => {
    console.log(['change | refused without a way back | applied with confirm_within | reached again after', ...summary].join('\n  '));
    await network?.remove();
  });

  /** More than once, as a second is short on a busy machine. */
  const expectReaches = (controller: LockOutController, family: Family): Promise<void> =>
    expect.poll(() => controller.reaches(family), { timeout: 10_000, interval: 50 }).toEqual({ ping: true, tcp: true });
  const connect = (controller: 0 | 1, family: Family): Wire => {
    const wire = network.controllers[controller].connect(family);
    wires.push(wire);
    return wire;
  };
  const apply =
    (...operations: Partially<RouteOperation>[]) =>
    async (wire: Wire, options: Options): Promise<void> => {
      const { failure } = await wire.applyRoutes({ header: { options }, operations });
      if (failure !== undefined) throw failure;
    };
  const create = (destinationPrefix: string, nextHop: string, alias = 'lan0'): Partially<RouteOperation> => ({
    operation: { $case: 'create', value: { destinationPrefix, nextHop, interface: byAlias(alias), metric: 1 } },
  });
  const deleteDefault = (family: Family): Partially<RouteOperation> => ({
    operation: {
      $case: 'delete',
      value: { destinationPrefix: words[family].any, nextHop: words[family].router, interface: byAlias('lan0') },
    },
  });
  const prefixOf = (controller: 0 | 1, family: Family, length: number): string => {
    const address = network.controllers[controller].addresses[family];
    return `${length === words[family].host ? address : address.replace(/10$/, family === 4 ? '0' : '')}/${length}`;
  };

  const lockOuts: readonly LockOut[] = [
    {
      name: 'SetDefaultGateway to a dead one',
      lost: 0,
      // It asks the gateway first, and it is dead.
      refusal: 'PROBE_FAILED',
      change: (family) => (wire, options) => wire.setDefaultGateway({ nextHop: words[family].dead, options }),
    },
    {
      name: 'ApplyRoutes: default gateway to a dead one',
      lost: 0,
      refusal: 'RISK_NOT_ACCEPTED',
      change: (family) => apply(create(words[family].any, words[family].dead), deleteDefault(family)),
    },
    {
      name: 'host route to the controller by a dead next hop',
      lost: 0,
      refusal: 'RISK_NOT_ACCEPTED',
      change: (family) => apply(create(prefixOf(0, family, words[family].host), words[family].dead)),
    },
    {
      name: "the controller's prefix on-link at the wrong interface",
      lost: 0,
      refusal: 'RISK_NOT_ACCEPTED',
      change: (family) => apply(create(prefixOf(0, family, words[family].net), words[family].onLink, 'dmz0')),
    },
    {
      name: 'one of two controllers by a dead next hop, asked by the other',
      lost: 1,
      refusal: 'RISK_NOT_ACCEPTED',
      change: (family) => apply(create(prefixOf(1, family, words[family].host), words[family].dead)),
    },
    {
      name: 'the last default route deleted',
      lost: 0,
      refusal: 'RISK_NOT_ACCEPTED',
      both: [Risk.MANAGEMENT_PATH, Risk.DEFAULT_ROUTE],
      change: (family) => apply(deleteDefault(family)),
    },
    {
      name: 'default route by an interface that is then removed',
      lost: 0,
      refusal: 'RISK_NOT_ACCEPTED',
      change: (family) => apply(create(words[family].any, family === 4 ? '203.0.114.1' : '2001:db8:4::1', 'vpn0'), deleteDefault(family)),
      afterwards: () => network.host.ip('link delete vpn0'),
    },
  ];

  const rows = ([4, 6] as const).flatMap((family) => lockOuts.map((lockOut) => [family, lockOut.name, lockOut] as const));
  it.each(rows)('IPv%i: %s', async (family, name, { lost, refusal, both, change, afterwards }) => {
    if (afterwards !== undefined) await network.addPath('vpn0');
    const bothConnected = [connect(0, family), connect(1, family)] as const;
    for (const wire of bothConnected) await wire.getAgent();
    const [wire] = bothConnected;
    const request = change(family);
    const before = await network.table();
    const [lostOne, other] = [network.controllers[lost], network.controllers[lost === 0 ? 1 : 0]];
    await expectReaches(lostOne, family);

    const insufficient: Options[] = both === undefined ? [{}] : [{}, { acceptedRisks: both }, { confirmWithin }];
    for (const options of insufficient) expect(await failureOf(request(wire, options))).toMatchObject({ reason: refusal });
    expect(await network.table()).toBe(before);

    const commitId = `lock-out-${commits++}`;
    const start = Date.now();
    // Its answer may be among what is lost.
    const answered = request(wire, { commitId, confirmWithin, requireFreshConnection: true, acceptedRisks: both ?? [] });
    answered.catch(() => undefined);
    await expect.poll(() => network.table(), { interval: 20, timeout: 10_000 }).not.toBe(before);
    await afterwards?.();
    expect(await lostOne.reaches(family)).toEqual({ ping: false, tcp: false });
    if (lost === 1) {
      // Who asked is still there, by an old connection: that proves nothing.
      await answered;
      await expectReaches(other, family);
      expect(await failureOf(wire.confirmCommit({ commitId }))).toMatchObject({ reason: 'FRESH_CONNECTION_REQUIRED' });
    }

    while (!(await lostOne.reaches(family)).tcp) expect(Date.now() - start).toBeLessThan(20_000);
    const back = Date.now() - start;
    expect(back).toBeGreaterThanOrEqual(confirmSeconds * 1000);
    await expectReaches(lostOne, family);
    const { commit } = await connect(lost, family).getCommit({ commitId });
    expect(commit).toMatchObject({ state: CommitState.ROLLED_BACK });
    expect(commit?.status && reasonOf(commit.status)).toBe('NOT_CONFIRMED');
    if (afterwards === undefined) expect(await network.table()).toBe(before);
    else expect(await network.host.ip(`-${family} route show exact default`)).toMatch(/^default via \S+ dev lan0 .*metric 30 /);
    summary.push(
      `IPv${family} ${name} | ${refusal}${both ? ', and with either one alone' : ''} | unreachable | ${(back / 1000).toFixed(1)} s`,
    );
  });

  it.each([4, 6] as const)(
    'IPv%i: a change that the controller survives is confirmed over a new connection, not over an old one',
    async (family) => {
      const wire = connect(0, family);
      const commitId = `lock-out-${commits++}`;
      const host = create(prefixOf(0, family, words[family].host), words[family].router);
      await apply(host)(wire, { commitId, confirmWithin, requireFreshConnection: true });
      expect(await failureOf(wire.confirmCommit({ commitId }))).toMatchObject({ reason: 'FRESH_CONNECTION_REQUIRED' });
      expect((await connect(0, family).confirmCommit({ commitId })).commit).toMatchObject({ state: CommitState.COMMITTED });
      await delay(confirmSeconds * 1000);
      expect(await network.host.ip(`-${family} route show ${prefixOf(0, family, words[family].host)}`)).not.toBe('');
    },
  );
});
