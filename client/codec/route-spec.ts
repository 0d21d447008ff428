import { formatAddress, parseAddress } from '../../proto/address.js';
import type * as wire from '../../proto/gen/routefleet/v1/route.pb.js';
import { InvalidValueError } from '../../proto/invalid-value.js';
import { formatPrefix, parsePrefix } from '../../proto/prefix.js';
import type { RouteKey, RouteSpec } from '../model/route-spec.js';
import { decodeInterfaceSelector, encodeInterfaceSelector } from './interface-selector.js';
import { checkMetric, decodeSeconds, decodeText, encodeLifetime } from './numbers.js';

/** @throws InvalidValueError for a prefix, next hop or interface that no host could take */
export function encodeRouteKey({ destinationPrefix, nextHop, interface: selector }: RouteKey): wire.RouteKey {
  const prefix = parsePrefix(destinationPrefix);
  const hop = nextHop === undefined ? undefined : parseAddress(nextHop);
  if (hop !== undefined && hop.family !== prefix.family) {
    throw new InvalidValueError(
      'FAMILY_MISMATCH',
      `the prefix "${destinationPrefix}" is IPv${prefix.family} and the next hop "${nextHop}" is IPv${hop.family}`,
      `give a next hop of IPv${prefix.family}, or none for an on-link route`,
    );
  }
  return {
    destinationPrefix: formatPrefix(prefix),
    nextHop: hop === undefined ? '' : formatAddress(hop),
    interface: encodeInterfaceSelector(selector),
  };
}

/** @throws InvalidValueError as {@link encodeRouteKey}, and for a metric or lifetime out of range */
export function encodeRouteSpec(spec: RouteSpec): wire.RouteSpec {
  const { metric, validLifetimeSeconds, preferredLifetimeSeconds, publish, persistent = false } = spec;
  if (validLifetimeSeconds !== undefined && preferredLifetimeSeconds !== undefined && preferredLifetimeSeconds > validLifetimeSeconds) {
    throw new InvalidValueError(
      'INVALID_LIFETIME',
      `the preferred lifetime of ${preferredLifetimeSeconds} s is above the valid lifetime of ${validLifetimeSeconds} s`,
      'lower the preferred lifetime or raise the valid one',
    );
  }
  return {
    ...encodeRouteKey(spec),
    metric: checkMetric(metric, 'metric'),
    validLifetime: encodeLifetime(validLifetimeSeconds, 'valid lifetime'),
    preferredLifetime: encodeLifetime(preferredLifetimeSeconds, 'preferred lifetime'),
    publish,
    persistent,
  };
}

/** A wanted row inside an answer. */
export function decodeRouteSpec(row: wire.RouteSpec): RouteSpec {
  const { destinationPrefix, metric, publish, persistent } = row;
  return {
    destinationPrefix,
    nextHop: decodeText(row.nextHop),
    interface: decodeInterfaceSelector(row.interface),
    metric,
    validLifetimeSeconds: decodeSeconds(row.validLifetime),
    preferredLifetimeSeconds: decodeSeconds(row.preferredLifetime),
    publish,
    persistent,
  };
}
