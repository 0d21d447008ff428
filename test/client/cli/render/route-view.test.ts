import { expect, it } from 'vitest';
import { routeView } from '../../../../client/cli/render/route-view.js';
import { changedRow, deletedRow } from '../../../../client/cli/render/write-view.js';
import { decodeRoute } from '../../../../client/codec/route.js';
import { wireRoute } from '../../support/wire-route.js';

it('machine-readable routes have every member that the SDK has', () => {
  expect([...routeView.fields].sort()).toEqual(Object.keys(decodeRoute(wireRoute())).sort());
});

it('a change is told from a row that already was as asked, also in a dry run', () => {
  const before = decodeRoute(wireRoute({ etag: 'a', metric: 1 }));
  const after = decodeRoute(wireRoute({ etag: 'b', metric: 2 }));
  expect(changedRow({ route: after, previous: before, warnings: [] }, true)).toMatchObject({
    result: 'changed',
    previousMetric: 1,
    metric: 2,
  });
  expect(changedRow({ route: before, previous: before, warnings: [] }, true)).toMatchObject({ result: 'unchanged' });
  const longer = { ...before, validLifetimeSeconds: 90 };
  expect(changedRow({ route: longer, previous: before, warnings: [] }, false)).toMatchObject({ result: 'changed' });
});

it('a row that was not there is told by what was asked for', () => {
  const row = deletedRow({ registryValues: [], warnings: [] }, { destinationPrefix: '10.0.0.0/8', nextHop: '0.0.0.0' }, false);
  expect(row).toEqual({
    destinationPrefix: '10.0.0.0/8',
    onLink: true,
    result: 'missing',
    dryRun: false,
    registryValues: [],
    warnings: [],
  });
});
