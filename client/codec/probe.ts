import { formatAddress, parseAddress } from '../../proto/address.js';
import type * as wire from '../../proto/gen/routefleet/v1/commit.pb.js';
import { InvalidValueError } from '../../proto/invalid-value.js';
import type { Probe } from '../model/change.js';
import { encodeFamily } from './family.js';
import { encodeDurationMs } from './numbers.js';

/** @throws InvalidValueError for a probe that can look at nothing */
export function encodeProbe(probe: Probe): wire.Probe {
  return { probe: encodeTarget(probe), timeout: encodeDurationMs(probe.timeoutMs, 'the timeout of a probe') };
}

function encodeTarget(probe: Probe): wire.Probe['probe'] {
  const targets = Object.keys(probe).filter((key) => key !== 'timeoutMs');
  if (targets.length !== 1) {
    throw new InvalidValueError(
      'INVALID_ARGUMENT',
      `a probe of { ${targets.join(', ')} } does not look at exactly one thing`,
      'give one of tcpConnect, defaultGatewayReachable, bestRoute, managementPeer',
    );
  }
  if ('tcpConnect' in probe) return { $case: 'tcpConnect', value: probe.tcpConnect };
  if ('defaultGatewayReachable' in probe) {
    return { $case: 'defaultGatewayReachable', value: encodeFamily(probe.defaultGatewayReachable) };
  }
  if ('bestRoute' in probe) {
    const { destination, nextHop } = probe.bestRoute;
    return {
      $case: 'bestRoute',
      value: { destination: formatAddress(parseAddress(destination)), nextHop: formatAddress(parseAddress(nextHop)) },
    };
  }
  return { $case: 'managementPeer', value: probe.managementPeer };
}
