import { describe, expect, it } from 'vitest';
import { createNetChanges } from '../../../client/fleet/net-changes.js';
import type { MirrorChange } from '../../../client/route-mirror.js';
import { aChange, aRoute } from './fake-mirror.js';

const otherInterfaceMetric = aRoute('10.9.0.0/16', { metric: 5, interfaceMetric: 77 });
const otherOwner = aRoute('10.9.0.0/16', { metric: 5, owner: 'team' });
const [five, six, seven] = [5, 6, 7].map((metric) => aRoute('10.9.0.0/16', { metric }));
const later = { revision: 3n, commitId: 'c1', observeTime: new Date('2026-11-24T11:00:00Z') };

function net(...changes: readonly MirrorChange[]): readonly MirrorChange[] {
  const all = createNetChanges();
  all.add(changes);
  return all.list();
}

describe('net changes', () => {
  it.each([
    ['added, then changed: added', [{ route: five }, { previous: five, route: six }], [{ kind: 'added', route: six, previous: undefined }]],
    ['added, then removed: none', [{ route: five }, { previous: five }], []],
    [
      'changed twice: changed',
      [
        { previous: five, route: six },
        { previous: six, route: seven },
      ],
      [{ kind: 'changed', previous: five, route: seven }],
    ],
    [
      'changed, and back again: none',
      [
        { previous: five, route: six },
        { previous: six, route: five },
      ],
      [],
    ],
    ['changed, then removed: removed', [{ previous: five, route: six }, { previous: six }], [{ kind: 'removed', previous: five }]],
    ['removed, then added as it was: none', [{ previous: five }, { route: five }], []],
    ['removed, then added otherwise: changed', [{ previous: five }, { route: six }], [{ kind: 'changed', previous: five, route: six }]],
    ['none, then added: added', [{ route: five }, { previous: five }, { route: six }], [{ kind: 'added', route: six }]],
    [
      'the interface metric changed: changed',
      [
        { previous: five, route: six },
        { previous: six, route: otherInterfaceMetric },
      ],
      [{ kind: 'changed', previous: five, route: { interfaceMetric: 77 } }],
    ],
    [
      'the owner changed: changed',
      [
        { previous: five, route: six },
        { previous: six, route: otherOwner },
      ],
      [{ kind: 'changed', route: { owner: 'team' } }],
    ],
  ])('%s', (_case, rows, expected) => {
    expect(net(...rows.map((each) => aChange(each)))).toMatchObject(expected);
  });

  it('have revision, cause and time of the last', () => {
    expect(net(aChange({ route: five }), aChange({ previous: five, route: six }, later))).toMatchObject([later]);
  });

  it('keep rows apart that differ in next hop or interface only, in the order of the last change', () => {
    const first = aRoute('10.9.0.0/16');
    const rows = [first, aRoute('10.9.0.0/16', { nextHop: '10.20.0.9' }), aRoute('10.9.0.0/16', { interfaceLuid: 9n })];
    const changes = net(...rows.map((route) => aChange({ route })), aChange({ previous: first, route: { ...first, etag: 'other' } }));
    expect(changes.map(({ route }) => [route?.nextHop, route?.interfaceLuid])).toEqual([
      ['10.20.0.9', first.interfaceLuid],
      ['10.20.0.254', 9n],
      ['10.20.0.254', first.interfaceLuid],
    ]);
  });
});
