import { expect, it } from 'vitest';
import { routeKeyText } from '../../client/index.js';

const row = { destinationPrefix: '10.0.0.0/8', nextHop: '192.0.2.1', interfaceLuid: 5n, interfaceIndex: 12 };

it('names the interface by what is stable, and else by what there is', () => {
  expect(routeKeyText(row)).toBe('10.0.0.0/8 192.0.2.1 5');
  expect(routeKeyText({ ...row, interfaceIndex: 13 })).toBe(routeKeyText(row));
  expect(routeKeyText({ ...row, interfaceLuid: 0n })).toBe('10.0.0.0/8 192.0.2.1 index 12');
});
