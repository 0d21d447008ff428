import { Atomicity, Risk, type RouteOperation } from '../../proto/gen/routefleet/v1/commit.pb.js';
import type { RouteSpec } from '../../proto/gen/routefleet/v1/route.pb.js';
import { byAlias } from '../contract/fixture.js';
import type { Partially } from '../support/wire.js';
import type { CrashStory } from './crash-orders.js';

/** Prefixes that hold all rows of the stories, but for default routes. */
export const within = ['198.18.0.0/15', '2001:db8:f000::/36'] as const;

/** The table at the beginning, in which some rows are of somebody else: "static". */
export const rows: readonly string[] = [
  ...[0, 1].map((n) => `route add 198.19.${n}.0/24 via 192.0.2.1 dev dmz0 proto static metric ${30 + n}`),
  'route add 198.19.2.0/24 via 198.51.100.1 dev lan0 proto 203 metric 40',
  ...[0, 1].map((n) => `-6 route add 2001:db8:f0d${n}::/48 via 2001:db8:2::1 dev dmz0 proto static metric ${30 + n}`),
  '-6 route add 2001:db8:f0d2::/48 via 2001:db8:64::1 dev lan0 proto 203 metric 40',
  'route add default via 198.51.100.1 dev lan0 proto 203 metric 35',
  'route add 198.19.10.0/24 via 192.0.2.1 dev dmz0 proto 203 metric 33',
  'route add 198.19.11.0/24 dev lan0 proto 203 metric 34',
  ...[0, 1, 2].map((n) => `-6 route add 2001:db8:f0e${n}::/48 via 2001:db8:64::a${n} dev lan0 proto 203 metric ${30 + n}`),
  // What nobody asks for, and nobody may touch.
  'route add 198.19.200.0/24 via 192.0.2.1 dev dmz0 proto bird metric 77',
  '-6 route add 2001:db8:f0ff::/48 via 2001:db8:2::1 dev dmz0 proto bird metric 77',
];

const row = (destinationPrefix: string, nextHop: string, alias: string, metric?: number): Partially<RouteSpec> => ({
  destinationPrefix,
  nextHop,
  interface: byAlias(alias),
  metric,
});

const creates = [
  row('198.18.0.0/24', '192.0.2.1', 'dmz0', 3),
  row('198.18.1.0/24', '198.51.100.1', 'lan0', 4),
  row('198.18.2.0/24', '0.0.0.0', 'dmz0', 5),
  row('0.0.0.0/0', '192.0.2.1', 'dmz0', 6),
  row('2001:db8:f00a::/48', '2001:db8:2::1', 'dmz0', 3),
  row('2001:db8:f00b::/48', '2001:db8:64::1', 'lan0', 4),
  row('2001:db8:f00c::/48', '::', 'lan0', 5),
  row('::/0', '2001:db8:2::1', 'dmz0', 6),
];
const sets = [
  row('198.19.0.0/24', '192.0.2.1', 'dmz0', 50),
  row('198.19.1.0/24', '192.0.2.1', 'dmz0', 1),
  row('198.19.2.0/24', '198.51.100.1', 'lan0', 52),
  row('2001:db8:f0d0::/48', '2001:db8:2::1', 'dmz0', 50),
  row('2001:db8:f0d1::/48', '2001:db8:2::1', 'dmz0', 1),
  row('2001:db8:f0d2::/48', '2001:db8:64::1', 'lan0', 52),
];
const deletes = [
  row('0.0.0.0/0', '198.51.100.1', 'lan0'),
  row('198.19.10.0/24', '192.0.2.1', 'dmz0'),
  row('198.19.11.0/24', '0.0.0.0', 'lan0'),
  ...[0, 1, 2].map((n) => row(`2001:db8:f0e${n}::/48`, `2001:db8:64::a${n}`, 'lan0')),
];
const operations: readonly Partially<RouteOperation>[] = [
  ...creates.map((value) => ({ operation: { $case: 'create', value } }) as const),
  ...sets.map((value) => ({ operation: { $case: 'set', value } }) as const),
  ...deletes.map((value) => ({ operation: { $case: 'delete', value } }) as const),
];

const change = (atomicity: Atomicity) => ({
  header: { atomicity, options: { commitId: 'crash', acceptedRisks: [Risk.DEFAULT_ROUTE, Risk.MANAGEMENT_PATH] } },
  operations,
});
const allOrNothing = change(Atomicity.ALL_OR_NOTHING);
const withWayBack = { change: allOrNothing, confirmWithinSeconds: 3600 };

/** How 20 steps are carried out, and until when the agent lives. */
export interface CrashMode {
  readonly name: string;
  readonly story: CrashStory;
  readonly failWriteAt?: number;
  /** What the caller is told, if the agent lives to the end. */
  readonly answered: readonly string[];
  /** What the table may be after the restart. */
  readonly outcome: 'before' | 'before or after';
  /** A first agent leaves the work half done; it is the one that comes after that is killed. */
  readonly leftBehind?: true;
}

export const modes: readonly CrashMode[] = [
  {
    name: 'all or nothing',
    story: { change: { change: allOrNothing }, countFrom: 'apply' },
    answered: ['apply COMMITTED'],
    outcome: 'before or after',
  },
  {
    name: 'all or nothing, broken off by a failure of the last step',
    story: { change: { change: allOrNothing }, countFrom: 'apply' },
    failWriteAt: 20,
    answered: ['apply ROLLED_BACK'],
    outcome: 'before',
  },
  {
    name: 'continue on error, with a step that fails',
    story: { change: { change: change(Atomicity.CONTINUE_ON_ERROR) }, countFrom: 'apply' },
    failWriteAt: 10,
    answered: ['apply COMMITTED'],
    outcome: 'before or after',
  },
  {
    name: 'confirmed',
    story: { change: withWayBack, settledBy: 'confirmCommit', countFrom: 'apply' },
    answered: ['apply PENDING_CONFIRMATION', 'confirmCommit COMMITTED'],
    outcome: 'before or after',
  },
  {
    name: 'pending and never confirmed',
    story: { change: withWayBack, countFrom: 'applied' },
    answered: ['apply PENDING_CONFIRMATION'],
    outcome: 'before',
  },
  {
    name: 'rolled back by a cancellation',
    story: { change: withWayBack, settledBy: 'cancelCommit', countFrom: 'applied' },
    answered: ['apply PENDING_CONFIRMATION', 'cancelCommit ROLLED_BACK'],
    outcome: 'before',
  },
  {
    name: 'rolled back at a restart',
    story: { countFrom: 'start' },
    answered: [],
    outcome: 'before',
    leftBehind: true,
  },
];
/** The write of the first agent of `leftBehind`, before which it is killed. */
export const abandonedAtWrite = 19;
