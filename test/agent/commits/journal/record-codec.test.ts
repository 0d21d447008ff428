import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CommitRecord, CommitStep, Receipt } from '../../../../agent/commits/commit.js';
import type { Failure } from '../../../../agent/commits/failure.js';
import { decodeRecord, encodeRecord } from '../../../../agent/commits/journal/record-codec.js';
import type { StoredRecord } from '../../../../agent/commits/journal/stored-record.js';
import type { DesiredRoute, Route, RouteKey } from '../../../../agent/routes/route.js';
import { type Address, parseAddress } from '../../../../proto/address.js';
import { parsePrefix } from '../../../../proto/prefix.js';
import { errorReasons } from '../../../../proto/reasons.js';
import { makeCommit } from './fixture-records.js';

/** Any value that the type allows: undefined members are there, or not. */
function maybe<Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> {
  return fc.option(value, { nil: undefined });
}

const text = fc.string({ unit: 'grapheme' });
/** Names of facts are ours, never a caller's. */
const factName = fc.stringMatching(/^[a-z][a-z0-9_]*$/);
const uint32 = fc.nat({ max: 0x7fff_ffff });
const uint64 = fc.bigInt(0n, 2n ** 64n - 1n);
const date = fc.date({ min: new Date(0), max: new Date('9999-12-31'), noInvalidDate: true });
const address: fc.Arbitrary<Address> = fc.oneof(
  fc.ipV4().map(parseAddress),
  fc.ipV6().map(parseAddress),
  fc.tuple(fc.ipV6(), fc.integer({ min: 1, max: 0xffff_ffff })).map(([base, zone]) => parseAddress(`${base}%${zone}`)),
);
const prefix = fc.oneof(
  fc.integer({ min: 0, max: 32 }).map((length) => parsePrefix(`0.0.0.0/${length}`)),
  fc.ipV4().map((host) => parsePrefix(`${host}/32`)),
  fc.ipV6().map((host) => parsePrefix(`${host}/128`)),
);
const key: fc.Arbitrary<RouteKey> = fc.record({
  destinationPrefix: prefix,
  nextHop: address,
  interface: fc.record({ luid: uint64, index: uint32 }),
});
const lifetimes = { validLifetimeSeconds: maybe(uint32), preferredLifetimeSeconds: maybe(uint32) };
const desired: fc.Arbitrary<DesiredRoute> = fc
  .tuple(key, fc.record({ metric: maybe(uint32), publish: maybe(fc.boolean()), ...lifetimes }))
  .map(([base, members]) => ({ ...base, ...members }));
const route: fc.Arbitrary<Route> = fc
  .tuple(
    key,
    fc.record({
      interfaceAlias: maybe(text),
      metric: uint32,
      interfaceMetric: maybe(uint32),
      protocol: uint32,
      origin: maybe(uint32),
      ...lifetimes,
      ageSeconds: uint32,
      sitePrefixLength: fc.nat({ max: 255 }),
      loopback: fc.boolean(),
      autoconfigured: fc.boolean(),
      publish: fc.boolean(),
      immortal: fc.boolean(),
      inRegistry: fc.boolean(),
    }),
  )
  .map(([base, members]) => ({ ...base, ...members }));
const failure: fc.Arbitrary<Failure> = fc.record(
  {
    reason: fc.constantFrom(...errorReasons),
    message: text,
    remedy: text,
    facts: fc.dictionary(factName, text, { noNullPrototype: true }),
  },
  { requiredKeys: ['reason', 'message', 'remedy'] },
);
const receipt: fc.Arbitrary<Receipt> = fc.record({ owner: text, persistent: fc.boolean(), desired, interfaceGuid: maybe(text) });
const step: fc.Arbitrary<CommitStep> = fc.record({
  kind: fc.constantFrom('create', 'set', 'delete', 'unchanged'),
  key,
  before: maybe(route),
  after: maybe(route),
  receipt: maybe(fc.record({ key, before: maybe(receipt), after: maybe(receipt) })),
  registryValues: fc.array(fc.record({ name: text, type: uint32, data: text }), { maxLength: 2 }),
  operationIndex: maybe(uint32),
  outcome: fc.record({ writtenBy: maybe(text), failure: maybe(failure) }),
});
const probe = fc.record({ probe: text, passedBefore: fc.boolean(), passedAfter: maybe(fc.boolean()), message: text });
const policy = fc.constantFrom('enforce', 'report');
const state = fc.constantFrom('applying', 'pending', 'committed', 'rolling-back', 'rolled-back', 'rollback-failed');
const commit: fc.Arbitrary<CommitRecord> = fc.record({
  id: text,
  requestId: text,
  contentHash: text,
  state,
  actor: text,
  owner: text,
  comment: text,
  atomicity: fc.constantFrom('all-or-nothing', 'continue-on-error'),
  confirmWithinMs: maybe(uint32),
  requireFreshConnection: fc.boolean(),
  createTime: date,
  endTime: maybe(date),
  boot: fc.record({ id: maybe(text), uptimeSeconds: fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }) }),
  revisionBefore: uint64,
  revisionAfter: uint64,
  steps: fc.array(step, { maxLength: 3 }),
  driftPolicy: maybe(fc.record({ owner: text, before: maybe(policy), after: maybe(policy) })),
  probes: fc.array(probe, { maxLength: 2 }),
  failure: maybe(failure),
});
const update = fc.record(
  {
    type: fc.constant('update'),
    id: text,
    state,
    endTime: date,
    revisionAfter: uint64,
    steps: fc.array(step, { maxLength: 2 }),
    probes: fc.array(probe, { maxLength: 2 }),
    failure,
  },
  { requiredKeys: ['type', 'id', 'state'] },
);
const record: fc.Arbitrary<StoredRecord> = fc.oneof(
  fc.record({ type: fc.constant('begin'), commit }),
  fc.record({ type: fc.constant('commit'), commit }),
  update,
  fc.record({ type: fc.constant('receipts'), receipts: fc.array(fc.tuple(text, receipt), { maxLength: 2 }) }),
  fc.record({ type: fc.constant('drift-policies'), driftPolicies: fc.array(fc.tuple(text, policy), { maxLength: 2 }) }),
  fc.constantFrom({ type: 'check', padding: '...' } as const, { type: 'snapshot-end' } as const, { type: 'header', schema: 1 } as const),
);

describe('records', () => {
  it('come back as they were, on one line', () => {
    fc.assert(
      fc.property(record, (original) => {
        const json = encodeRecord(original);
        expect(json).not.toContain('\n');
        expect(decodeRecord(json)).toEqual(original);
      }),
      { numRuns: 500 },
    );
  });

  it('have addresses and dates as texts, and nothing for what is undefined', () => {
    const { commit: written } = JSON.parse(encodeRecord({ type: 'begin', commit: makeCommit('a') }));
    expect(written).toMatchObject({ createTime: '2026-01-02T03:04:05.678Z', revisionBefore: '1' });
    expect(written.steps[0].key).toEqual({
      destinationPrefix: '10.1.0.0/16',
      nextHop: '192.0.2.1',
      interface: { luid: '1688849860263936', index: 12 },
    });
    expect(written).not.toHaveProperty('endTime');
  });

  const malformed = (change: (commit: Record<string, unknown>) => void): string => {
    const json = JSON.parse(encodeRecord({ type: 'begin', commit: makeCommit('a') }));
    change(json.commit);
    return JSON.stringify(json);
  };
  it.each([
    ['no JSON', '{'],
    ['no object', '7'],
    ['an unknown type', '{"type":"rewind"}'],
    ['an unknown member', malformed((commit) => Object.assign(commit, { shadow: true }))],
    ['a member less', malformed((commit) => delete commit.comment)],
    ['an unknown state', malformed((commit) => Object.assign(commit, { state: 'paused' }))],
    ['an unknown reason', malformed((commit) => Object.assign(commit, { failure: { reason: 'WEATHER', message: '', remedy: '' } }))],
    ['a date that is none', malformed((commit) => Object.assign(commit, { createTime: 'yesterday' }))],
    ['a revision that is none', malformed((commit) => Object.assign(commit, { revisionAfter: '-1' }))],
    ['a prefix that is none', encodeRecord({ type: 'begin', commit: makeCommit('a') }).replace('10.1.0.0/16', '10.1.0.1/16')],
    ['an address that is none', encodeRecord({ type: 'begin', commit: makeCommit('a') }).replaceAll('192.0.2.1', '192.0.2.256')],
  ])('are refused on reading: %s', (_what, json) => {
    expect(() => decodeRecord(json)).toThrow();
  });

  it('are refused on writing when they could not be read again', () => {
    const commit = makeCommit('a', { boot: { id: undefined, uptimeSeconds: Number.NaN } });
    expect(() => encodeRecord({ type: 'begin', commit })).toThrow('uptimeSeconds');
    const [step] = makeCommit('a').steps;
    const steps = [{ ...(step as CommitStep), operationIndex: 0.5 }];
    expect(() => encodeRecord({ type: 'begin', commit: makeCommit('a', { steps }) })).toThrow('operationIndex: 0.5 is not a whole number');
  });
});
