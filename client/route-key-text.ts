import type { Route } from './model/route.js';

/**
 * What makes a row unique on its host, as a text to look it up by: "10.0.0.0/8 192.0.2.1 1689399632855040". The interface is named by its LUID,
 * which is stable, or by "index 12" on hosts that have only the classic functions and know no LUIDs.
 */
export function routeKeyText({
  destinationPrefix,
  nextHop,
  interfaceLuid,
  interfaceIndex,
}: Pick<Route, 'destinationPrefix' | 'nextHop' | 'interfaceLuid' | 'interfaceIndex'>): string {
  return `${destinationPrefix} ${nextHop} ${interfaceLuid === 0n ? `index ${interfaceIndex}` : interfaceLuid}`;
}
