import { unspecifiedAddress } from '../../proto/address.js';
import * as wire from '../../proto/gen/routefleet/v1/route.pb.js';
import type { Route } from '../model/route.js';
import { MalformedAnswerError } from './malformed-answer.js';
import { decodeSeconds, decodeText } from './numbers.js';
import { originCodec, protocolCodec } from './route-names.js';

/**
 * A row of an answer. Prefix and next hop are the agent's canonical text and are not parsed again, row by row.
 *
 * @throws MalformedAnswerError for a row without prefix or next hop
 */
export function decodeRoute(route: wire.Route): Route {
  const { destinationPrefix, nextHop } = route;
  if (!destinationPrefix.includes('/') || nextHop === '') {
    throw new MalformedAnswerError(`the answer holds a row with prefix "${destinationPrefix}" and next hop "${nextHop}"`);
  }
  return {
    destinationPrefix,
    nextHop,
    onLink: nextHop === unspecifiedAddress[4] || nextHop === unspecifiedAddress[6],
    family: destinationPrefix.includes(':') ? 'ipv6' : 'ipv4',
    interfaceIndex: route.interfaceIndex,
    interfaceLuid: route.interfaceLuid,
    interfaceAlias: decodeText(route.interfaceAlias),
    metric: route.metric,
    interfaceMetric: route.interfaceMetric,
    effectiveMetric: route.effectiveMetric,
    protocol: protocolCodec.decode(route.protocol),
    origin: route.origin === wire.RouteOrigin.UNSPECIFIED ? undefined : originCodec.decode(route.origin),
    validLifetimeSeconds: decodeSeconds(route.validLifetime),
    preferredLifetimeSeconds: decodeSeconds(route.preferredLifetime),
    ageSeconds: decodeSeconds(route.age),
    sitePrefixLength: route.sitePrefixLength,
    loopback: route.loopback,
    autoconfigured: route.autoconfigured,
    publish: route.publish,
    immortal: route.immortal,
    owner: decodeText(route.owner),
    persistent: route.persistent,
    etag: route.etag,
    inRegistry: route.inRegistry,
  };
}

/** A row that an answer need not have. */
export function optionalRoute(route: wire.Route | undefined): Route | undefined {
  return route === undefined ? undefined : decodeRoute(route);
}
