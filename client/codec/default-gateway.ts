import { formatAddress, parseAddress } from '../../proto/address.js';
import type * as wire from '../../proto/gen/routefleet/v1/route_service.pb.js';
import type { WriteCallOptions } from '../model/call-options.js';
import type { DefaultGateway, SetDefaultGatewayResult } from '../model/results.js';
import { optionalCommit } from './commit.js';
import { encodeInterfaceSelector } from './interface-selector.js';
import { required } from './malformed-answer.js';
import { checkMetric } from './numbers.js';
import { decodeWarning } from './plan.js';
import { decodeRoute } from './route.js';
import { encodeWriteOptions } from './write.js';

/** @throws InvalidValueError for a next hop, interface, metric or option that no host could take */
export function encodeDefaultGateway(gateway: DefaultGateway, options: WriteCallOptions): wire.SetDefaultGatewayRequest {
  const { nextHop, interface: selector, metric, sameInterfaceOnly = false } = gateway;
  return {
    nextHop: formatAddress(parseAddress(nextHop)),
    interface: encodeInterfaceSelector(selector),
    metric: checkMetric(metric, 'metric'),
    sameInterfaceOnly,
    options: encodeWriteOptions(options),
  };
}

/** @throws MalformedAnswerError for an answer without a route */
export function decodeDefaultGatewayResult(answer: wire.SetDefaultGatewayResponse): SetDefaultGatewayResult {
  const { route, replaced, commit, warnings } = answer;
  return {
    route: decodeRoute(required(route, 'route')),
    replaced: replaced.map(decodeRoute),
    commit: optionalCommit(commit),
    warnings: warnings.map(decodeWarning),
  };
}
