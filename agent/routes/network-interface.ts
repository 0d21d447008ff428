import type { Address, Family } from '../../proto/address.js';
import type { InterfaceIdentity } from './route.js';

/** Names one interface, in one of four ways. */
export type InterfaceSelector =
  | { readonly by: 'index'; readonly index: number }
  | { readonly by: 'luid'; readonly luid: bigint }
  | { readonly by: 'guid'; readonly guid: string }
  | { readonly by: 'alias'; readonly alias: string };

/** One family as bound to an interface (MIB_IPINTERFACE_ROW). */
export interface InterfaceBinding {
  readonly family: Family;
  /** Undefined: the host does not tell. */
  readonly metric: number | undefined;
  readonly automaticMetric: boolean;
  /** Bytes. */
  readonly mtu: number;
  readonly connected: boolean;
  readonly forwarding: boolean;
}

/** A network interface of the host (MIB_IF_ROW2). */
export interface NetworkInterface extends InterfaceIdentity {
  readonly alias: string;
  readonly description: string;
  /** "{6B29FC40-CA47-1067-B31D-00DD010662DA}" */
  readonly guid: string;
  /** IANA ifType. */
  readonly type: number;
  /** IF_OPER_STATUS. */
  readonly operationalStatus: number;
  /** NET_IF_ADMIN_STATUS. */
  readonly administrativeStatus: number;
  readonly physicalAddress: Uint8Array;
  /** Bytes. */
  readonly mtu: number;
  /** Bits per second; undefined: unknown. */
  readonly transmitLinkSpeed: bigint | undefined;
  readonly addresses: readonly { readonly address: Address; readonly prefixLength: number }[];
  readonly bindings: readonly InterfaceBinding[];
}

/** For messages: `"Ethernet 2"`, `index 12`. */
export function describeSelector(selector: InterfaceSelector): string {
  switch (selector.by) {
    case 'index':
      return `index ${selector.index}`;
    case 'luid':
      return `LUID ${selector.luid}`;
    case 'guid':
      return `GUID ${selector.guid}`;
    case 'alias':
      return `"${selector.alias}"`;
  }
}
