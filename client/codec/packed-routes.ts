import { unspecifiedAddress } from '../../proto/address.js';
import { etagEnd } from '../../proto/etag.js';
import type { PackedRoutes, RouteTraits as WireRouteTraits } from '../../proto/gen/routefleet/v1/packed_routes.pb.js';
import { RouteOrigin } from '../../proto/gen/routefleet/v1/route.pb.js';
import type { Route } from '../model/route.js';
import type { AddressText } from './address-text.js';
import { decodeFamily } from './family.js';
import { MalformedAnswerError } from './malformed-answer.js';
import { decodeText } from './numbers.js';
import { originCodec, protocolCodec } from './route-names.js';

/** What rows have in common, as their objects have it. */
interface Traits
  extends Pick<
    Route,
    | 'family'
    | 'interfaceIndex'
    | 'interfaceLuid'
    | 'interfaceAlias'
    | 'interfaceMetric'
    | 'protocol'
    | 'origin'
    | 'sitePrefixLength'
    | 'loopback'
    | 'autoconfigured'
    | 'publish'
    | 'immortal'
    | 'inRegistry'
  > {
  /** What follows the metric in the etag. */
  readonly etagEnd: string;
}

type Column = Exclude<keyof PackedRoutes, 'count' | 'traits' | 'ownerships'>;

/** Lifetime in a column. */
const infinite = 0xffff_ffff;
const foreign = { owner: undefined, persistent: false } as const;

/**
 * The rows of a message in columns. A row becomes an object when it is asked for.
 *
 * @throws MalformedAnswerError for columns that do not fit each other; `at` throws it for a row that refers to what is not there
 */
export function readPackedRoutes(packed: PackedRoutes, text: AddressText): { readonly count: number; at(row: number): Route } {
  const { count, prefixLengths } = packed;
  const width = packed.destinations.byteLength === 4 * count ? 4 : 16;
  const column = (name: Column, bytesEach: number): DataView => {
    const { buffer, byteOffset, byteLength } = packed[name];
    if (byteLength === bytesEach * count) return new DataView(buffer, byteOffset, byteLength);
    throw new MalformedAnswerError(`the column "${name}" has ${byteLength} bytes for ${count} rows`);
  };
  const optional = (name: Column, bytesEach: number): DataView | undefined =>
    packed[name].byteLength === 0 ? undefined : column(name, bytesEach);
  column('prefixLengths', 1);
  const destinations = column('destinations', width);
  const nextHops = column('nextHops', width);
  const nextHopZones = optional('nextHopZones', 4);
  const metrics = column('metrics', 4);
  const validLifetimes = optional('validLifetimes', 4);
  const preferredLifetimes = optional('preferredLifetimes', 4);
  const ages = column('ages', 4);
  const traitsAt = dictionary('traits', packed.traits.map(decodeTraits), column('traitPositions', 2));
  const ownershipPositions = optional('ownershipPositions', 2);
  const ownershipAt =
    ownershipPositions && dictionary('ownerships', [foreign, ...packed.ownerships.map(decodeOwnership)], ownershipPositions);
  if (width === 4 && packed.traits.some(({ family }) => decodeFamily(family) === 'ipv6')) {
    throw new MalformedAnswerError('the answer holds addresses of 4 bytes for rows of IPv6');
  }

  const bytesAt = ({ buffer, byteOffset }: DataView, row: number): Uint8Array => new Uint8Array(buffer, byteOffset + 16 * row, 16);

  return {
    count,
    at(row) {
      const traits = traitsAt(row);
      const { family, interfaceMetric } = traits;
      const length = prefixLengths[row] as number;
      const metric = metrics.getUint32(4 * row, true);
      const { owner, persistent } = ownershipAt === undefined ? foreign : ownershipAt(row);
      const isIPv4 = family === 'ipv4';
      const nextHop = isIPv4
        ? text.address4(nextHops.getUint32(width * row))
        : text.address6(bytesAt(nextHops, row), nextHopZones?.getUint32(4 * row, true) ?? 0);
      return {
        destinationPrefix: isIPv4
          ? text.prefix4(destinations.getUint32(width * row), length)
          : text.prefix6(bytesAt(destinations, row), length),
        nextHop,
        onLink: nextHop === unspecifiedAddress[4] || nextHop === unspecifiedAddress[6],
        family,
        interfaceIndex: traits.interfaceIndex,
        interfaceLuid: traits.interfaceLuid,
        interfaceAlias: traits.interfaceAlias,
        metric,
        interfaceMetric,
        effectiveMetric: interfaceMetric === undefined ? undefined : metric + interfaceMetric,
        protocol: traits.protocol,
        origin: traits.origin,
        validLifetimeSeconds: secondsAt(validLifetimes, row),
        preferredLifetimeSeconds: secondsAt(preferredLifetimes, row),
        ageSeconds: ages.getUint32(4 * row, true),
        sitePrefixLength: traits.sitePrefixLength,
        loopback: traits.loopback,
        autoconfigured: traits.autoconfigured,
        publish: traits.publish,
        immortal: traits.immortal,
        owner,
        persistent,
        etag: metric + traits.etagEnd,
        inRegistry: traits.inRegistry,
      };
    },
  };
}

/** What rows refer to by a column of positions. */
function dictionary<Entry>(name: string, entries: readonly Entry[], positions: DataView): (row: number) => Entry {
  return (row) => {
    const entry = entries[positions.getUint16(2 * row, true)];
    if (entry === undefined) {
      throw new MalformedAnswerError(`row ${row} refers to number ${positions.getUint16(2 * row, true)} of ${entries.length} ${name}`);
    }
    return entry;
  };
}

function secondsAt(column: DataView | undefined, row: number): number | undefined {
  const seconds = column?.getUint32(4 * row, true) ?? infinite;
  return seconds === infinite ? undefined : seconds;
}

function decodeTraits(traits: WireRouteTraits): Traits {
  const { protocol, origin, sitePrefixLength, loopback, autoconfigured, publish, immortal } = traits;
  const flags = { sitePrefixLength, loopback, autoconfigured, publish, immortal };
  const isTold = origin !== RouteOrigin.UNSPECIFIED;
  return {
    family: decodeFamily(traits.family),
    interfaceIndex: traits.interfaceIndex,
    interfaceLuid: traits.interfaceLuid,
    interfaceAlias: decodeText(traits.interfaceAlias),
    interfaceMetric: traits.interfaceMetric,
    protocol: protocolCodec.decode(protocol),
    origin: isTold ? originCodec.decode(origin) : undefined,
    ...flags,
    inRegistry: traits.inRegistry,
    // NL_ROUTE_ORIGIN is one less: zero means "not said" on the wire.
    etagEnd: `-${etagEnd({ protocol, origin: isTold ? origin - 1 : undefined, ...flags })}`,
  };
}

function decodeOwnership({ owner, persistent }: PackedRoutes['ownerships'][number]): Pick<Route, 'owner' | 'persistent'> {
  return { owner: decodeText(owner), persistent };
}
