import { expect, it } from 'vitest';
import { JournalMemory } from '../../../../agent/commits/journal/memory.js';
import { readJournal } from '../../../../agent/commits/journal/reading.js';
import { begin, makeStep, plain, snapshotOf, update } from './fixture-records.js';

it('a snapshot says all that the journal said', async () => {
  const memory = new JournalMemory();
  const steps = Array.from({ length: 250 }, (_, index) => makeStep({ prefix: `10.0.${index}.0/24` }));
  memory.apply(begin('done', { steps, driftPolicy: { owner: 'netops', before: undefined, after: 'enforce' } }));
  memory.apply(update('done', 'committed'));
  memory.apply(begin('open'));
  const { memory: read, damage } = readJournal(Buffer.concat(await snapshotOf(memory)), '/state/journal');
  expect(damage).toBeUndefined();
  expect(read.receipts.size).toBe(250);
  expect(plain(read)).toEqual(plain(memory));
});
