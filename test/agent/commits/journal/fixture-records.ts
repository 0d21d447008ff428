import type { CommitRecord, CommitStep, Receipt } from '../../../../agent/commits/commit.js';
import type { JournalRecord, JournalState } from '../../../../agent/commits/journal/journal.js';
import { snapshotLines } from '../../../../agent/commits/journal/snapshot.js';
import type { RouteKey } from '../../../../agent/routes/route.js';
import { parseAddress } from '../../../../proto/address.js';
import { parsePrefix } from '../../../../proto/prefix.js';

export function makeKey(prefix = '10.1.0.0/16'): RouteKey {
  return { destinationPrefix: parsePrefix(prefix), nextHop: parseAddress('192.0.2.1'), interface: { luid: 6n << 48n, index: 12 } };
}

export function makeReceipt(owner = 'netops', prefix?: string): Receipt {
  return { owner, persistent: true, desired: { ...makeKey(prefix), metric: 5 }, interfaceGuid: undefined };
}

/** A created row that gets a receipt. */
export function makeStep({ prefix, ...members }: Partial<CommitStep> & { readonly prefix?: string } = {}): CommitStep {
  const key = makeKey(prefix);
  return {
    kind: 'create',
    key,
    before: undefined,
    after: undefined,
    receipt: { key, before: undefined, after: makeReceipt('netops', prefix) },
    registryValues: [],
    operationIndex: 0,
    outcome: { writtenBy: undefined, failure: undefined },
    ...members,
  };
}

export function makeCommit(id: string, members: Partial<CommitRecord> = {}): CommitRecord {
  return {
    id,
    requestId: '',
    contentHash: 'c0ffee',
    state: 'applying',
    actor: 'CN=controller',
    owner: 'netops',
    comment: 'peering with AS 64496',
    atomicity: 'all-or-nothing',
    confirmWithinMs: undefined,
    requireFreshConnection: false,
    createTime: new Date('2026-01-02T03:04:05.678Z'),
    endTime: undefined,
    boot: { id: undefined, uptimeSeconds: 12.5 },
    revisionBefore: 1n,
    revisionAfter: 0n,
    steps: [makeStep()],
    driftPolicy: undefined,
    probes: [],
    failure: undefined,
    ...members,
  };
}

export function begin(id: string, members?: Partial<CommitRecord>): JournalRecord {
  return { type: 'begin', commit: makeCommit(id, members) };
}

export function update(id: string, state: CommitRecord['state']): JournalRecord {
  return { type: 'update', id, state };
}

/** Two commits that stand, and one that is pending. */
export const story: readonly JournalRecord[] = [
  begin('first', { driftPolicy: { owner: 'netops', before: undefined, after: 'report' } }),
  { type: 'update', id: 'first', state: 'committed', endTime: new Date('2026-01-02T03:04:06Z'), revisionAfter: 2n },
  begin('second', { steps: [makeStep({ prefix: '2001:db8::/32' })] }),
  update('second', 'committed'),
  begin('third', { steps: [makeStep({ prefix: '10.3.0.0/16' })] }),
  update('third', 'pending'),
];

/** A state as a value to compare. Order counts. */
export function plain({ commits, receipts, driftPolicies }: JournalState): unknown {
  return structuredClone([[...commits], [...receipts], [...driftPolicies]]);
}

/** The lines of a new journal that says the same. */
export async function snapshotOf(state: JournalState): Promise<Buffer[]> {
  const lines: Buffer[] = [];
  for await (const line of snapshotLines(state)) lines.push(Buffer.concat(line));
  return lines;
}
