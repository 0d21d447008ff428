import type { Family } from '../../proto/address.js';
import * as wire from '../../proto/gen/routefleet/v1/route.pb.js';
import type { AddressFamily } from '../model/route.js';
import { MalformedAnswerError } from './malformed-answer.js';

/** Family of a parsed address, by name. */
export const familyNames: Readonly<Record<Family, AddressFamily>> = { 4: 'ipv4', 6: 'ipv6' };

/** For requests; undefined means both. */
export function encodeFamily(family: AddressFamily | undefined): wire.AddressFamily {
  switch (family) {
    case undefined:
      return wire.AddressFamily.UNSPECIFIED;
    case 'ipv4':
      return wire.AddressFamily.IPV4;
    case 'ipv6':
      return wire.AddressFamily.IPV6;
  }
}

/** @throws MalformedAnswerError for anything but IPv4 and IPv6 */
export function decodeFamily(family: wire.AddressFamily): AddressFamily {
  if (family === wire.AddressFamily.IPV4) return 'ipv4';
  if (family === wire.AddressFamily.IPV6) return 'ipv6';
  throw new MalformedAnswerError(`the answer holds address family ${family}, which is neither 4 nor 6`);
}
