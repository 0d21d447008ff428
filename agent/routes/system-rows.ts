import { containsPrefix, formatPrefix, parsePrefix } from '../../proto/prefix.js';
import { RouteTableError } from './errors.js';
import { PROTOCOL_LOCAL } from './protocol.js';
import { type DesiredRoute, describeRoute, type Route } from './route.js';

/** Loopback, multicast and limited broadcast: the stack makes these rows, and nobody else should. */
const systemPrefixes = ['127.0.0.0/8', '224.0.0.0/4', '255.255.255.255/32', '::1/128', 'ff00::/8'].map(parsePrefix);

/** Refuses to create what only the stack may create. */
export function refuseSystemPrefix(route: DesiredRoute): void {
  const system = systemPrefixes.find((prefix) => containsPrefix(prefix, route.destinationPrefix));
  if (system === undefined) return;
  throw new RouteTableError(
    'SYSTEM_ROUTE',
    `${formatPrefix(route.destinationPrefix)} lies in ${formatPrefix(system)}, which belongs to the system`,
    {
      remedy: 'leave loopback, multicast and broadcast routes to Windows',
    },
  );
}

/** Refuses to change or delete what the stack made: own addresses, on-link prefixes, loopback, multicast, broadcast. */
export function refuseSystemRow(route: Route): void {
  if (route.protocol !== PROTOCOL_LOCAL && !route.loopback) return;
  throw new RouteTableError('SYSTEM_ROUTE', `${describeRoute(route)} was made by the system and is not changed from here`, {
    remedy: 'change the addresses of the interface instead, and Windows changes its rows',
  });
}
