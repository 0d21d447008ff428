import type { Address } from '../../../proto/address.js';
import type { Prefix } from '../../../proto/prefix.js';
import { INFINITE, MIB_IPFORWARD_ROW2 } from '../layout.js';
import { dataView, encodeForwardRow2, type ForwardRow2 } from '../row-codec.js';
import { routeOrigin } from './system-rows.js';

/** A row of the table and when it was added or last modified. */
export interface StoredRoute {
  /** `age` is not kept here: it is the time since `changedAtMs`. */
  readonly row: ForwardRow2;
  /** The row as MIB_IPFORWARD_ROW2 of age 0: tables are copied together from these. */
  readonly bytes: Uint8Array;
  readonly changedAtMs: number;
}

/** What makes a row the same row. */
export interface RowIdentity {
  readonly interfaceLuid: bigint;
  readonly destinationPrefix: Prefix;
  readonly nextHop: Address;
}

/** Identity as a string. The zone of the next hop is no part of it: the interface says the same. */
function rowKey({ interfaceLuid, destinationPrefix, nextHop }: RowIdentity): string {
  return `${interfaceLuid}/${destinationPrefix.length}/${words(destinationPrefix.bytes)}/${words(nextHop.bytes)}`;
}

/** The address as 32-bit numbers: cheaper to build than text, and a table is filled by the hundred thousand. */
function words(bytes: Uint8Array): string {
  let text = '';
  for (let index = 0; index < bytes.length; index += 4) {
    text += `${((bytes[index] ?? 0) << 24) | ((bytes[index + 1] ?? 0) << 16) | ((bytes[index + 2] ?? 0) << 8) | (bytes[index + 3] ?? 0)},`;
  }
  return text;
}

/** When the row's valid lifetime ends, or Infinity. */
function expiresAtMs({ row, changedAtMs }: StoredRoute): number {
  // Routers advertise again long before their lifetime is over, so their rows last as long as the interface.
  if (row.validLifetime === INFINITE || row.origin === routeOrigin.routerAdvertisement) return Number.POSITIVE_INFINITY;
  return changedAtMs + row.validLifetime * 1000;
}

/** The routing table, in the order in which rows were added. */
export class RouteStore {
  readonly #routes = new Map<string, StoredRoute>();
  #nextExpiryMs = Number.POSITIVE_INFINITY;

  get(identity: RowIdentity): StoredRoute | undefined {
    return this.#routes.get(rowKey(identity));
  }

  /** Adds the row, or replaces the row of the same identity. */
  put(row: ForwardRow2, nowMs: number): void {
    // From Node's pool: a hundred thousand buffers of their own cost more than all the rest.
    const bytes = Buffer.allocUnsafe(MIB_IPFORWARD_ROW2.size).fill(0);
    encodeForwardRow2(dataView(bytes), 0, row);
    const route = { row, bytes, changedAtMs: nowMs };
    this.#routes.set(rowKey(row), route);
    this.#nextExpiryMs = Math.min(this.#nextExpiryMs, expiresAtMs(route));
  }

  delete(identity: RowIdentity): boolean {
    return this.#routes.delete(rowKey(identity));
  }

  values(): IterableIterator<StoredRoute> {
    return this.#routes.values();
  }

  /** Removes and returns the rows whose valid lifetime is over; costs nothing when none can be. */
  expire(nowMs: number): ForwardRow2[] {
    if (nowMs < this.#nextExpiryMs) return [];
    const expired: ForwardRow2[] = [];
    this.#nextExpiryMs = Number.POSITIVE_INFINITY;
    for (const [key, route] of this.#routes) {
      const endMs = expiresAtMs(route);
      if (endMs > nowMs) {
        this.#nextExpiryMs = Math.min(this.#nextExpiryMs, endMs);
      } else {
        this.#routes.delete(key);
        expired.push(route.row);
      }
    }
    return expired;
  }
}
