import type { Family } from '../../../proto/address.js';
import { AddressFamily } from '../../../proto/gen/routefleet/v1/route.pb.js';
import { checkEnum } from './enum.js';

/** IP version on the wire. */
export const wireFamily: Readonly<Record<Family, AddressFamily>> = { 4: AddressFamily.IPV4, 6: AddressFamily.IPV6 };

/** An IP version; undefined for both. */
export function decodeFamily(field: string, family: number): Family | undefined {
  switch (checkEnum(field, AddressFamily, family)) {
    case AddressFamily.UNSPECIFIED:
      return undefined;
    case AddressFamily.IPV4:
      return 4;
    case AddressFamily.IPV6:
      return 6;
  }
}
