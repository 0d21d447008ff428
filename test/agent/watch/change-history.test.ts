import { expect, it } from 'vitest';
import { ChangeHistory } from '../../../agent/watch/change-history.js';
import type { TableChange } from '../../../agent/watch/table-change.js';
import { owned } from './rows.js';

const change = (revision: bigint): TableChange => ({
  key: 'row',
  revision,
  row: owned(1, 1),
  previous: undefined,
  commitId: undefined,
  observeTime: new Date(0),
});

it('has every change after a revision, or says that it has not', () => {
  const history = new ChangeHistory(10n);
  expect(history.since(9n)).toBeUndefined();
  expect(history.since(10n)).toEqual([]);
  for (const revision of [11n, 12n, 15n]) history.push(change(revision));
  expect(history.since(10n)?.map(({ revision }) => revision)).toEqual([11n, 12n, 15n]);
  expect(history.since(12n)?.map(({ revision }) => revision)).toEqual([15n]);
  expect(history.since(13n)?.map(({ revision }) => revision)).toEqual([15n]);
  expect(history.since(15n)).toEqual([]);
});

it('keeps the last ten thousand at least, and no more than twice as many', () => {
  const history = new ChangeHistory(0n);
  for (let revision = 1n; revision <= 100_000n; revision++) {
    history.push(change(revision));
    if (revision > 10_000n && revision % 4999n === 0n) expect(history.since(revision - 10_000n)).toHaveLength(10_000);
  }
  expect(history.since(79_999n)).toBeUndefined();
  expect(history.since(90_000n)).toHaveLength(10_000);
});
