import { parseAddress, unspecifiedAddress } from '../../../proto/address.js';
import { addressesOf, type HostInterface } from './host-interface.js';
import type { SimulatedHost } from './simulated-host.js';
import { forwardRow2 } from './system-rows.js';

/** 44.0.0.0/8 holds the synthetic routes: no profile uses it. */
const FIRST_OCTET = 44;

/** Synthetic routes of another program: 44.0.0.0/32, 44.0.0.1/32, … on-link on the first interface that is up and not loopback. */
export class BulkRoutes {
  readonly #host: SimulatedHost;
  #next = 0;

  constructor(host: SimulatedHost) {
    this.#host = host;
  }

  /** Goes on where the last call ended. */
  add(count: number): void {
    const owner = this.#host.interfaces.find((each) => each.up && isRouted(each));
    if (owner === undefined) throw new Error('no interface with an IPv4 address is up');
    const nextHop = parseAddress(unspecifiedAddress[4]);
    for (const end = this.#next + count; this.#next < end; this.#next++) {
      const bytes = Uint8Array.of(FIRST_OCTET, this.#next >> 16, this.#next >> 8, this.#next);
      this.#host.addRoute(forwardRow2(owner, { destinationPrefix: { family: 4, bytes, length: 32 }, nextHop }));
    }
  }
}

function isRouted(each: HostInterface): boolean {
  return addressesOf(each, 4).some(({ address }) => address.bytes[0] !== 127);
}
