import * as z from 'zod';
import type { RolloutEvent } from './rollout-event.js';
import type { RolloutSpec } from './rollout-spec.js';

/*
 * Rollouts as JSON. Numbers of 64 bits are texts. Objects are strict: what this version does not know may matter, and is refused rather than dropped.
 */

/** Version of the form; a journal of another one is refused. */
const version = 1;

const text = z.string();
const count = z.int().min(0);
const positive = z.int().min(1);
const uint64 = z.codec(z.string().regex(/^\d{1,20}$/), z.bigint(), { decode: (digits) => BigInt(digits), encode: String });

const reason = { reason: text, message: text, remedy: text.optional() };
const note = z.strictObject({ reason: text.optional(), message: text.optional(), remedy: text.optional(), mayStand: z.boolean() });

const route = z.strictObject({
  destinationPrefix: text,
  nextHop: text.optional(),
  interface: z
    .union([
      z.strictObject({ index: count }),
      z.strictObject({ luid: uint64 }),
      z.strictObject({ guid: text }),
      z.strictObject({ alias: text }),
    ])
    .optional(),
  metric: count.optional(),
  validLifetimeSeconds: count.optional(),
  preferredLifetimeSeconds: count.optional(),
  publish: z.boolean().optional(),
  persistent: z.boolean().optional(),
});

const timeoutMs = positive.optional();
const probe = z.union([
  z.strictObject({ tcpConnect: text, timeoutMs }),
  z.strictObject({ defaultGatewayReachable: z.enum(['ipv4', 'ipv6']), timeoutMs }),
  z.strictObject({ bestRoute: z.strictObject({ destination: text, nextHop: text }), timeoutMs }),
  z.strictObject({ managementPeer: z.literal(true), timeoutMs }),
]);

const policy = z.strictObject({
  hosts: z.array(text).min(1),
  waves: z.array(positive).min(1),
  soakMs: z.int().min(0).optional(),
  maxFailures: count,
  maxFailuresPerWave: count,
  maxUnreachable: count,
  onFailure: z.enum(['stop', 'undo']),
  concurrency: positive,
  hostTimeoutMs: positive,
  settleMs: positive,
  deadlineMs: positive,
});

const host = z.strictObject({
  name: text,
  address: text,
  tls: z.strictObject({ ca: text, certificate: text, key: text, serverName: text.optional() }).optional(),
  timeoutMs,
  routeSet: count,
  planToken: text.optional(),
  revision: uint64.optional(),
  problem: z.strictObject({ ...reason, outcome: z.enum(['failed', 'unreachable']) }).optional(),
});

const spec = z.strictObject({
  id: text,
  createdAt: count,
  source: text,
  policy,
  options: z.strictObject({
    owner: text,
    driftPolicy: z.enum(['enforce', 'report']).optional(),
    confirmWithinMs: positive,
    acceptedRisks: z.array(z.enum(['management-path', 'default-route', 'other-owner'])).optional(),
    probes: z.array(probe).optional(),
    comment: text.optional(),
  }),
  hosts: z.array(host).min(1),
  routeSets: z.array(z.array(route)),
  insecure: z.boolean(),
  gate: z.strictObject({ command: text, directory: text }).optional(),
  startedBy: text.optional(),
});

const head = z.strictObject({ type: z.literal('rollout'), version: z.literal(version), spec });

const at = count;
const event = z.discriminatedUnion('type', [
  z.strictObject({ at, type: z.enum(['takenOver', 'timeReached', 'promoted', 'paused', 'unpaused', 'aborted', 'undoRequested']) }),
  z.strictObject({ at, type: z.enum(['hostStarted', 'hostConfirming', 'undoStarted']), host: text }),
  z.strictObject({
    at,
    type: z.literal('hostEnded'),
    host: text,
    outcome: z.enum(['confirmed', 'rolledBack', 'failed', 'unreachable']),
    note,
  }),
  z.strictObject({
    at,
    type: z.literal('gateEnded'),
    unwell: z.array(z.strictObject({ ...reason, host: text })),
    closed: z.strictObject(reason).optional(),
  }),
  z.strictObject({ at, type: z.literal('undoEnded'), host: text, outcome: z.enum(['undone', 'undoFailed', 'rolledBack']), note }),
]);

/** The first line of a journal. @throws for what no journal could give back */
export function encodeSpec(value: RolloutSpec): string {
  return JSON.stringify(z.encode(head, { type: 'rollout', version, spec: value } as z.output<typeof head>));
}

/** @throws when it is not JSON, not a rollout, or of another version */
export function decodeSpec(json: string): RolloutSpec {
  return head.parse(JSON.parse(json)).spec as RolloutSpec;
}

/** Every other line. @throws for what no journal could give back */
export function encodeEvent(value: RolloutEvent): string {
  return JSON.stringify(z.encode(event, value as z.output<typeof event>));
}

/** @throws when it is not JSON, or not an event */
export function decodeEvent(json: string): RolloutEvent {
  return event.parse(JSON.parse(json)) as RolloutEvent;
}
