import { expect, it } from 'vitest';
import { decodeRoute } from '../../client/codec/route.js';
import { isSameRoute } from '../../client/same-route.js';
import { wireRoute } from './support/wire-route.js';

const route = decodeRoute(wireRoute());

it('age and lifetimes run by themselves', () => {
  expect(isSameRoute(route, { ...route, ageSeconds: 99, validLifetimeSeconds: 60 })).toBe(true);
});

it.each([{ owner: 'team-a' }, { persistent: true }, { inRegistry: true }, { interfaceMetric: 77 }, { etag: 'other' }])(
  '%o is another',
  (members) => {
    expect(isSameRoute(route, { ...route, ...members })).toBe(false);
  },
);
