import { describe, expect, it } from 'vitest';
import { planUndo } from '../../../../client/fleet/rollout/undo-plan.js';
import type { CommitStep } from '../../../../client/model/commit.js';
import type { Route } from '../../../../client/model/route.js';
import { routeKeyText } from '../../../../client/route-key-text.js';
import { fakeRow } from './fake-host.js';

const key = { destinationPrefix: '10.9.0.0/16', nextHop: '10.20.0.254', interface: { luid: 77n } };

function row(metric: number, more: Partial<Route> = {}): Route {
  return { ...fakeRow(metric), ...more };
}

function table(...rows: readonly Route[]): ReadonlyMap<string, Route> {
  return new Map(rows.map((each) => [routeKeyText(each), each]));
}

function undo(step: CommitStep, ...rows: readonly Route[]): ReturnType<typeof planUndo> {
  return planUndo([step], table(...rows), 'team-net');
}

const foreign = { owner: undefined, persistent: false } as const;

describe('undoing a step', () => {
  it('deletes what was created', () => {
    const { groups, left } = undo({ kind: 'create', after: row(5) }, row(5));
    expect(groups).toEqual([{ owner: 'team-net', change: { operations: [{ delete: key }] }, changesHands: false }]);
    expect(left).toEqual([]);
  });

  it('puts back what was set, with all that it had, and to whom it belonged', () => {
    const before = row(1, { owner: 'other', persistent: false, publish: true });
    const { groups } = undo({ kind: 'set', before, after: row(5) }, row(5));
    expect(groups).toEqual([
      { owner: 'other', change: { operations: [{ put: { ...key, metric: 1, publish: true, persistent: false } }] }, changesHands: true },
    ]);
  });

  it('creates what was deleted', () => {
    const { groups } = undo({ kind: 'delete', before: row(1) });
    expect(groups).toEqual([
      {
        owner: 'team-net',
        change: { operations: [{ put: { ...key, metric: 1, publish: false, persistent: true } }] },
        changesHands: false,
      },
    ]);
  });

  it('gives a row back to nobody when it was nobody’s and its metric changed', () => {
    const { groups, left } = undo({ kind: 'set', before: row(1, foreign), after: row(5) }, row(5));
    expect([groups[0]?.owner, groups[0]?.changesHands, left]).toEqual([undefined, true, []]);
  });

  it('takes the owner from a row that only came to have one', () => {
    expect(undo({ kind: 'unchanged', before: row(5, foreign), after: row(5) }, row(5))).toEqual({
      groups: [{ owner: undefined, change: { operations: [{ disown: key }] }, changesHands: true }],
      left: [],
    });
  });

  it.each<[string, CommitStep, readonly Route[]]>([
    ['deleted', { kind: 'create', after: row(5) }, []],
    ['set back', { kind: 'set', before: row(1), after: row(5) }, [row(1)]],
    ['created', { kind: 'delete', before: row(1) }, [row(1)]],
    ['never done', { kind: 'create', after: undefined, before: undefined }, []],
    ['never changed', { kind: 'unchanged', before: row(5), after: row(5) }, [row(5)]],
  ])('does nothing where it was %s already', (_what, step, rows) => {
    expect(undo(step, ...rows)).toEqual({ groups: [], left: [] });
  });

  it.each<[string, CommitStep, readonly Route[]]>([
    ['metric', { kind: 'create', after: row(5) }, [row(6)]],
    ['owner', { kind: 'create', after: row(5) }, [row(5, { owner: 'other' })]],
    ['persistence', { kind: 'set', before: row(1), after: row(5) }, [row(5, { persistent: false })]],
    ['being there', { kind: 'set', before: row(1), after: row(5) }, []],
    ['absence', { kind: 'delete', before: row(1) }, [row(8)]],
  ])('leaves a row of which something else changed the %s', (_what, step, rows) => {
    expect(undo(step, ...rows)).toEqual({ groups: [], left: ['10.9.0.0/16 via 10.20.0.254'] });
  });

  it('leaves out what failed', () => {
    const failure = { code: 'INTERNAL', reason: 'WIN32_ERROR', message: 'x' } as const;
    expect(undo({ kind: 'create', after: row(5), failure }, row(5))).toEqual({ groups: [], left: [] });
  });

  it('names an interface by its index where it has no LUID', () => {
    const classic = row(5, { interfaceLuid: 0n });
    const { groups } = undo({ kind: 'create', after: classic }, classic);
    expect(groups[0]?.change.operations).toEqual([{ delete: { ...key, interface: { index: 3 } } }]);
  });

  it('deletes last what the rollout made, when the rows that it replaced are there again', () => {
    const old = row(1, { ...foreign, nextHop: '10.20.0.1' });
    const steps: CommitStep[] = [
      { kind: 'create', after: row(5) },
      { kind: 'delete', before: old },
    ];
    const { groups } = planUndo(steps, table(row(5)), 'team-net');
    expect(groups.map(({ owner }) => owner)).toEqual([undefined, 'team-net']);
  });
});
