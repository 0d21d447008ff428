import { describe, expect, it } from 'vitest';
import { formatLine } from '../../../../agent/commits/journal/line.js';
import { JournalMemory } from '../../../../agent/commits/journal/memory.js';
import { encodeRecord } from '../../../../agent/commits/journal/record-codec.js';
import { type Salvage, salvageJournal } from '../../../../agent/commits/journal/salvage.js';
import type { StoredRecord } from '../../../../agent/commits/journal/stored-record.js';
import { begin, snapshotOf, story, update } from './fixture-records.js';

/** Salvages a journal of records after an empty snapshot (lines 1 and 2), of which some lines are damaged. */
async function salvage(
  records: readonly StoredRecord[],
  damagedLines: readonly number[],
): Promise<Salvage & { readonly states: Record<string, string> }> {
  const lines = [...(await snapshotOf(new JournalMemory())), ...records.map((record) => formatLine(encodeRecord(record)))];
  for (const line of damagedLines) lines[line - 1]?.fill('#', 20, 30);
  const salvaged = salvageJournal(Buffer.concat(lines), '/state/journal');
  return { ...salvaged, states: Object.fromEntries([...salvaged.memory.commits].map(([id, { state }]) => [id, state])) };
}

describe('what is readable of a damaged journal', () => {
  it('is kept before and after the damage', async () => {
    const { states, lostLines, memory } = await salvage(story, [5]);
    expect(states).toEqual({ first: 'committed', third: 'pending' });
    // The update of the commit whose beginning is lost makes no sense any more.
    expect(lostLines).toEqual([5, 6]);
    expect([...memory.receipts.keys()]).toEqual(['10.1.0.0/16 192.0.2.1 1688849860263936', '10.3.0.0/16 192.0.2.1 1688849860263936']);
  });

  it('is kept after a damaged header', async () => {
    expect((await salvage(story, [1])).states).toEqual({ first: 'committed', second: 'committed', third: 'pending' });
  });

  it('never leaves a commit open whose end may be lost, and gives it no receipts', async () => {
    const { states, closedCommits, memory } = await salvage([begin('a'), update('a', 'committed')], [4]);
    expect(states).toEqual({ a: 'committed' });
    expect(closedCommits).toEqual(['a']);
    expect(memory.receipts.size).toBe(0);
    expect(memory.commits.get('a')?.failure).toMatchObject({ reason: 'JOURNAL_DAMAGED' });
  });

  it('lets a later record speak for a commit', async () => {
    const { states, closedCommits } = await salvage([begin('a'), update('a', 'pending'), update('a', 'rolling-back')], [4]);
    expect(states).toEqual({ a: 'rolling-back' });
    expect(closedCommits).toEqual([]);
  });

  it('leaves a commit open that began after the damage', async () => {
    expect((await salvage([begin('a'), update('a', 'committed'), begin('b')], [3])).states).toEqual({ b: 'applying' });
  });
});
