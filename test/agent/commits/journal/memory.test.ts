import { describe, expect, it } from 'vitest';
import type { CommitStep } from '../../../../agent/commits/commit.js';
import { JournalMemory } from '../../../../agent/commits/journal/memory.js';
import type { StoredRecord } from '../../../../agent/commits/journal/stored-record.js';
import { keyText } from '../../../../agent/routes/route.js';
import { begin, makeKey, makeReceipt, makeStep, update } from './fixture-records.js';

function remember(...records: readonly StoredRecord[]): JournalMemory {
  const memory = new JournalMemory();
  for (const record of records) {
    expect(memory.contradictionOf(record)).toBeUndefined();
    memory.apply(record);
  }
  return memory;
}

const key = keyText(makeKey());
const previous = makeReceipt('previous');
const failure = { reason: 'WIN32_ERROR', message: 'no', remedy: 'none' } as const;
const takenOver = makeStep({ receipt: { key: makeKey(), before: previous, after: makeReceipt() } });
const old: StoredRecord = { type: 'receipts', receipts: [[key, previous]] };

describe('receipts', () => {
  it.each(['pending', 'committed'] as const)('take effect on %s', (state) => {
    const memory = remember(begin('a'));
    expect(memory.receipts.size).toBe(0);
    memory.apply(update('a', state));
    expect([...memory.receipts]).toEqual([[key, makeReceipt()]]);
  });

  it.each(['applying', 'rolling-back', 'rollback-failed'] as const)('stay as they are on %s', (state) => {
    expect([...remember(old, begin('a', { steps: [takenOver] }), update('a', state)).receipts]).toEqual([[key, previous]]);
  });

  it('do not take effect where the step failed', () => {
    const failed: CommitStep = { ...takenOver, outcome: { writtenBy: 'CreateIpForwardEntry', failure } };
    const done: StoredRecord = { type: 'update', id: 'a', state: 'committed', steps: [failed, makeStep({ prefix: '10.2.0.0/16' })] };
    const memory = remember(old, begin('a', { steps: [takenOver, makeStep({ prefix: '10.2.0.0/16' })] }), done);
    expect(memory.receipts.get(key)).toEqual(previous);
    expect(memory.receipts.size).toBe(2);
    expect(memory.commits.get('a')?.steps[0]).toBe(failed);
  });

  it('go when nothing is to follow', () => {
    const released = makeStep({ kind: 'delete', receipt: { key: makeKey(), before: previous, after: undefined } });
    expect(remember(old, begin('a', { steps: [released] }), update('a', 'committed')).receipts.size).toBe(0);
  });

  it('are restored on rolled-back, whatever became of the steps', () => {
    const failed = { ...takenOver, outcome: { writtenBy: undefined, failure } };
    const undone: StoredRecord = { type: 'update', id: 'a', state: 'rolled-back', steps: [failed] };
    expect([...remember(old, begin('a', { steps: [takenOver] }), update('a', 'pending'), undone).receipts]).toEqual([[key, previous]]);
    expect(remember(begin('a'), update('a', 'pending'), update('a', 'rolled-back')).receipts.size).toBe(0);
  });
});

describe('drift policies', () => {
  const driftPolicy = { owner: 'netops', before: undefined, after: 'report' } as const;

  it('take effect and are restored with their commit', () => {
    const memory = remember(begin('a', { driftPolicy }), update('a', 'pending'));
    expect([...memory.driftPolicies]).toEqual([['netops', 'report']]);
    memory.apply(update('a', 'rolled-back'));
    expect(memory.driftPolicies.size).toBe(0);
  });
});

describe('updates', () => {
  it('leave members that they do not name, or name as undefined', () => {
    const memory = remember(begin('a', { failure }), { type: 'update', id: 'a', state: 'pending', revisionAfter: 7n, failure: undefined });
    expect(memory.commits.get('a')).toMatchObject({ state: 'pending', revisionAfter: 7n, failure, comment: 'peering with AS 64496' });
  });
});

describe('contradictions', () => {
  const memory = remember(begin('open'), begin('done'), update('done', 'committed'), begin('undone'), update('undone', 'rolled-back'));
  it.each([
    ['a commit that begins twice', begin('open'), 'begins a second time'],
    ['a commit that begins in the middle', begin('new', { state: 'pending' }), 'begins as pending'],
    ['an unknown commit', update('ghost', 'committed'), 'nothing else is known'],
    ['a commit that stands', update('done', 'rolled-back'), 'committed for good'],
    ['a commit that is undone', update('undone', 'committed'), 'rolled-back for good'],
  ])('%s', (_what, record, message) => {
    expect(memory.contradictionOf(record)).toContain(message);
  });
});

describe('history', () => {
  const finished = (id: string, steps?: readonly CommitStep[]): StoredRecord[] => [begin(id, steps && { steps }), update(id, 'committed')];

  it('keeps the newest 1,000 commits, and those that are not finished', () => {
    const memory = remember(begin('open'), ...Array.from({ length: 1100 }, (_, index) => finished(String(index))).flat());
    expect(memory.commits.size).toBe(1000);
    expect([...memory.commits.keys()].slice(0, 2)).toEqual(['open', '101']);
    expect(memory.receipts.size).toBe(1);
  });

  it('keeps 50,000 steps, and the newest commit whatever its size', () => {
    const steps = (count: number): CommitStep[] => Array.from({ length: count }, () => takenOver);
    const memory = remember(...finished('a', steps(20_000)), ...finished('b', steps(20_000)), ...finished('c', steps(20_000)));
    expect([...memory.commits.keys()]).toEqual(['b', 'c']);
    for (const record of finished('d', steps(60_000))) memory.apply(record);
    expect([...memory.commits.keys()]).toEqual(['d']);
  });

  it('counts steps as updates replace them', () => {
    const many = Array.from({ length: 40_000 }, () => takenOver);
    const emptied: StoredRecord = { type: 'update', id: 'a', state: 'committed', steps: [] };
    expect([...remember(begin('a', { steps: many }), emptied, ...finished('b', many)).commits.keys()]).toEqual(['a', 'b']);
  });
});
