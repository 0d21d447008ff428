import type { RouteOperation } from '../../client/index.js';

/** A next hop on the interface "Storage" of the simulated data center. */
export const operationNextHop = '10.40.0.1';

/** The prefix of an operation by its number, below 2^24. */
export function operationPrefix(index: number): string {
  return `45.${index >> 16}.${(index >> 8) & 255}.${index & 255}/32`;
}

/** Creates so many rows. */
export function creations(count: number): RouteOperation[] {
  return Array.from({ length: count }, (_, index) => ({
    create: { destinationPrefix: operationPrefix(index), nextHop: operationNextHop, metric: 5, interface: { alias: 'Storage' } },
  }));
}
