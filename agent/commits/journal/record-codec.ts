import * as z from 'zod';
import { formatAddress, parseAddress } from '../../../proto/address.js';
import { formatPrefix, parsePrefix } from '../../../proto/prefix.js';
import { errorReasons } from '../../../proto/reasons.js';
import type { CommitStep } from '../commit.js';
import { receiptText, stepText } from './step-text.js';
import type { StoredRecord } from './stored-record.js';

/*
 * Records as JSON, in both directions. Members that are undefined are left out; numbers of 64 bits, addresses, prefixes and dates are texts.
 * Objects are strict: a member that this version does not know may matter, and is refused rather than dropped. Whoever adds a member, a state or
 * an error reason raises `schemaVersion`, so that an older agent names the cause instead of finding damage.
 */

/** A value that has a text. */
function textOf<Value>(parse: (text: string) => Value, format: (value: Value) => string): z.ZodCodec<z.ZodString, z.ZodCustom<Value>> {
  return z.codec(z.string(), z.custom<Value>(), {
    decode: (text, context) => {
      try {
        return parse(text);
      } catch (error) {
        context.issues.push({ code: 'custom', input: text, message: (error as Error).message });
        return z.NEVER;
      }
    },
    encode: format,
  });
}

const natural = z.int().nonnegative();
const bigNatural = z.codec(z.string().regex(/^(0|[1-9]\d{0,19})$/), z.bigint(), { decode: (text) => BigInt(text), encode: String });
const date = z.codec(z.iso.datetime(), z.date(), { decode: (text) => new Date(text), encode: (value) => value.toISOString() });

const routeKey = {
  destinationPrefix: textOf(parsePrefix, formatPrefix),
  nextHop: textOf(parseAddress, formatAddress),
  interface: z.strictObject({ luid: bigNatural, index: natural }),
};

const route = z.strictObject({
  ...routeKey,
  interfaceAlias: z.string().optional(),
  metric: natural,
  interfaceMetric: natural.optional(),
  protocol: natural,
  origin: natural.optional(),
  validLifetimeSeconds: natural.optional(),
  preferredLifetimeSeconds: natural.optional(),
  ageSeconds: natural,
  sitePrefixLength: natural,
  loopback: z.boolean(),
  autoconfigured: z.boolean(),
  publish: z.boolean(),
  immortal: z.boolean(),
  // False is left out, as in journals of schema 1.
  inRegistry: z.boolean().default(false),
});

const desiredRoute = z.strictObject({
  ...routeKey,
  metric: natural.optional(),
  validLifetimeSeconds: natural.optional(),
  preferredLifetimeSeconds: natural.optional(),
  publish: z.boolean().optional(),
});

const failure = z.strictObject({
  reason: z.enum(errorReasons),
  message: z.string(),
  remedy: z.string(),
  facts: z.record(z.string(), z.string()).optional(),
});

const receipt = z.strictObject({
  owner: z.string(),
  persistent: z.boolean(),
  desired: desiredRoute,
  interfaceGuid: z.string().optional(),
});

const registryValue = z.strictObject({ name: z.string(), type: natural, data: z.string() });

const step = z.strictObject({
  kind: z.enum(['create', 'set', 'delete', 'unchanged']),
  key: z.strictObject(routeKey),
  before: route.optional(),
  after: route.optional(),
  receipt: z.strictObject({ key: z.strictObject(routeKey), before: receipt.optional(), after: receipt.optional() }).optional(),
  // None is left out, as in journals of schema 1.
  registryValues: z.array(registryValue).default([]),
  operationIndex: natural.optional(),
  outcome: z.strictObject({ writtenBy: z.string().optional(), failure: failure.optional() }),
});

const probe = z.strictObject({
  probe: z.string(),
  passedBefore: z.boolean(),
  passedAfter: z.boolean().optional(),
  message: z.string(),
});

const driftPolicy = z.enum(['enforce', 'report']);
const commitState = z.enum(['applying', 'pending', 'committed', 'rolling-back', 'rolled-back', 'rollback-failed']);

const commit = z.strictObject({
  id: z.string(),
  requestId: z.string(),
  contentHash: z.string(),
  state: commitState,
  actor: z.string(),
  owner: z.string(),
  comment: z.string(),
  atomicity: z.enum(['all-or-nothing', 'continue-on-error']),
  confirmWithinMs: z.number().nonnegative().optional(),
  requireFreshConnection: z.boolean(),
  createTime: date,
  endTime: date.optional(),
  boot: z.strictObject({ id: z.string().optional(), uptimeSeconds: z.number().nonnegative() }),
  revisionBefore: bigNatural,
  revisionAfter: bigNatural,
  steps: z.array(step),
  driftPolicy: z.strictObject({ owner: z.string(), before: driftPolicy.optional(), after: driftPolicy.optional() }).optional(),
  probes: z.array(probe),
  failure: failure.optional(),
});

const update = z.strictObject({
  type: z.literal('update'),
  id: z.string(),
  state: commitState,
  endTime: date.optional(),
  revisionAfter: bigNatural.optional(),
  steps: z.array(step).optional(),
  probes: z.array(probe).optional(),
  failure: failure.optional(),
});

const schema = z.discriminatedUnion('type', [
  // The only loose object: whatever a newer version adds here, its number must come through.
  z.looseObject({ type: z.literal('header'), schema: z.int().positive() }),
  z.strictObject({ type: z.literal('commit'), commit }),
  z.strictObject({ type: z.literal('receipts'), receipts: z.array(z.tuple([z.string(), receipt])) }),
  z.strictObject({ type: z.literal('drift-policies'), driftPolicies: z.array(z.tuple([z.string(), driftPolicy])) }),
  z.strictObject({ type: z.literal('snapshot-end') }),
  z.strictObject({ type: z.literal('begin'), commit }),
  update,
  z.strictObject({ type: z.literal('check'), padding: z.string() }),
]);

/** Steps of one piece. */
const stepsPerPiece = 32;

/**
 * The JSON of a record in pieces, each made in well below a millisecond.
 *
 * @throws when the record is not what its type says: better than to find it out as damage at the next start
 */
export function* recordPieces(record: StoredRecord): Generator<string> {
  switch (record.type) {
    case 'begin':
    case 'commit': {
      const { steps, ...commit } = encode({ ...record, commit: { ...record.commit, steps: [] } }).commit as Encoded;
      yield `{"type":"${record.type}","commit":${openObject(commit)}`;
      yield* stepsMember(record.commit.steps);
      yield '}}';
      return;
    }
    case 'update': {
      const { steps, ...members } = record;
      yield openObject(encode(members));
      if (steps !== undefined) yield* stepsMember(steps);
      yield '}';
      return;
    }
    case 'receipts':
      yield `{"type":"receipts","receipts":[${record.receipts.map(([key, each]) => `[${JSON.stringify(key)},${receiptText(each)}]`).join()}]}`;
      return;
    case 'header':
    case 'drift-policies':
    case 'snapshot-end':
    case 'check':
      yield JSON.stringify(encode(record));
  }
}

type Encoded = Readonly<Record<string, unknown>>;

function encode(record: StoredRecord): Encoded {
  return z.encode(schema, record as z.output<typeof schema>) as Encoded;
}

/** Without its end: more members follow. */
function openObject(members: Encoded): string {
  return JSON.stringify(members).slice(0, -1);
}

function* stepsMember(steps: readonly CommitStep[]): Generator<string> {
  yield ',"steps":[';
  for (let start = 0; start < steps.length; start += stepsPerPiece) {
    const piece = steps
      .slice(start, start + stepsPerPiece)
      .map(stepText)
      .join();
    yield start === 0 ? piece : `,${piece}`;
  }
  yield ']';
}

/** The whole of {@link recordPieces}, for small records. */
export function encodeRecord(record: StoredRecord): string {
  return [...recordPieces(record)].join('');
}

/** @throws when the text is not JSON, or not a record */
export function decodeRecord(text: string): StoredRecord {
  return schema.parse(JSON.parse(text)) as StoredRecord;
}
