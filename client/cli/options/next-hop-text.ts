import { type Family, unspecifiedAddress } from '../../../proto/address.js';
import { UsageError } from '../usage-error.js';

/** How the next hop of an on-link route is written and shown. */
export const onLinkText = 'on-link';

/** For a route that is named: undefined is on-link. */
export function parseNextHop(text: string | undefined): string | undefined {
  return isOnLink(text) ? undefined : text;
}

/**
 * For a filter: undefined is any. On the wire "on-link" is the unspecified address, of which each family has one.
 *
 * @throws UsageError when the family is not known
 */
export function parseNextHopFilter(text: string | undefined, family: Family | undefined): string | undefined {
  if (!isOnLink(text)) return text;
  if (family !== undefined) return unspecifiedAddress[family];
  throw new UsageError('"--next-hop on-link" needs an IP version', 'add --family 4 or --family 6');
}

function isOnLink(text: string | undefined): boolean {
  return text?.toLowerCase() === onLinkText;
}
