import type { RolloutPolicy } from '../../../../client/fleet/rollout/rollout-policy.js';
import type { RolloutSpec } from '../../../../client/fleet/rollout/rollout-spec.js';

/** A rollout to two hosts, with a value for everything that can have one. */
export function sampleSpec(policy: Partial<RolloutPolicy> = {}, id = '20261124-120000-abcdef'): RolloutSpec {
  return {
    id,
    createdAt: 1_700_000_000_000,
    source: 'routes.yaml',
    insecure: false,
    options: {
      owner: 'team-net',
      driftPolicy: 'report',
      confirmWithinMs: 120_000,
      acceptedRisks: ['default-route'],
      probes: [{ tcpConnect: '10.0.0.1:53', timeoutMs: 100 }, { bestRoute: { destination: '10.0.0.1', nextHop: '0.0.0.0' } }],
      comment: 'why "not"\n',
    },
    hosts: [
      { name: 'h1', address: 'h1:7420', tls: { ca: '/a', certificate: '/b', key: '/c' }, routeSet: 0, planToken: 't', revision: 2n ** 63n },
      { name: 'h2', address: 'h2:7420', routeSet: 0, problem: { outcome: 'unreachable', reason: 'UNREACHABLE', message: 'no' } },
    ],
    routeSets: [[{ destinationPrefix: '10.9.0.0/16', interface: { luid: 2n ** 60n }, metric: 5, persistent: true }]],
    policy: {
      hosts: ['h1', 'h2'],
      waves: [1, 2],
      soakMs: 30_000,
      maxFailures: 0,
      maxFailuresPerWave: 0,
      maxUnreachable: 0,
      onFailure: 'stop',
      concurrency: 2,
      hostTimeoutMs: 180_000,
      settleMs: 30_000,
      deadlineMs: 3_600_000,
      ...policy,
    },
  };
}
