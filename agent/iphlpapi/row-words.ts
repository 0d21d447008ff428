import { IP_ADDRESS_PREFIX, MIB_IPFORWARD_ROW2, SOCKADDR_INET } from './layout.js';

const { DestinationPrefix, NextHop } = MIB_IPFORWARD_ROW2;

type Member =
  | 'luidLow'
  | 'luidHigh'
  | 'interfaceIndex'
  | 'destinationFamily'
  | 'destination4'
  | 'destination6'
  | 'prefixLength'
  | 'nextHopFamily'
  | 'nextHop4'
  | 'nextHop6'
  | 'nextHopZone'
  | 'sitePrefixLength'
  | 'validLifetime'
  | 'preferredLifetime'
  | 'metric'
  | 'protocol'
  | 'flags'
  | 'age'
  | 'origin';

/** Members of MIB_IPFORWARD_ROW2 by their 32-bit word: each of these begins with one. */
export const at: Readonly<Record<Member, number>> = {
  luidLow: MIB_IPFORWARD_ROW2.InterfaceLuid / 4,
  luidHigh: MIB_IPFORWARD_ROW2.InterfaceLuid / 4 + 1,
  interfaceIndex: MIB_IPFORWARD_ROW2.InterfaceIndex / 4,
  destinationFamily: (DestinationPrefix + SOCKADDR_INET.family) / 4,
  destination4: (DestinationPrefix + SOCKADDR_INET.ipv4Address) / 4,
  destination6: (DestinationPrefix + SOCKADDR_INET.ipv6Address) / 4,
  prefixLength: (DestinationPrefix + IP_ADDRESS_PREFIX.PrefixLength) / 4,
  nextHopFamily: (NextHop + SOCKADDR_INET.family) / 4,
  nextHop4: (NextHop + SOCKADDR_INET.ipv4Address) / 4,
  nextHop6: (NextHop + SOCKADDR_INET.ipv6Address) / 4,
  nextHopZone: (NextHop + SOCKADDR_INET.ipv6ScopeId) / 4,
  sitePrefixLength: MIB_IPFORWARD_ROW2.SitePrefixLength / 4,
  validLifetime: MIB_IPFORWARD_ROW2.ValidLifetime / 4,
  preferredLifetime: MIB_IPFORWARD_ROW2.PreferredLifetime / 4,
  metric: MIB_IPFORWARD_ROW2.Metric / 4,
  protocol: MIB_IPFORWARD_ROW2.Protocol / 4,
  /** Loopback, AutoconfigureAddress, Publish and Immortal, a byte each. */
  flags: MIB_IPFORWARD_ROW2.Loopback / 4,
  age: MIB_IPFORWARD_ROW2.Age / 4,
  origin: MIB_IPFORWARD_ROW2.Origin / 4,
};

/** 32-bit words of a row. */
export const rowWords: number = MIB_IPFORWARD_ROW2.size / 4;
