import * as wire from '../../proto/gen/routefleet/v1/route.pb.js';
import type { RouteOrigin, RouteProtocol, UnknownName } from '../model/route.js';
import { createEnumCodec, type EnumCodec } from './enum-codec.js';

/** Names of NL_ROUTE_PROTOCOL. */
export const protocolCodec: EnumCodec<Exclude<RouteProtocol, UnknownName>, wire.RouteProtocol> = createEnumCodec(
  'route protocol',
  wire.RouteProtocol,
  {
    OTHER: 'other',
    LOCAL: 'local',
    NET_MGMT: 'netMgmt',
    ICMP: 'icmp',
    EGP: 'egp',
    GGP: 'ggp',
    HELLO: 'hello',
    RIP: 'rip',
    IS_IS: 'isIs',
    ES_IS: 'esIs',
    CISCO: 'cisco',
    BBN: 'bbn',
    OSPF: 'ospf',
    BGP: 'bgp',
    IDPR: 'idpr',
    EIGRP: 'eigrp',
    DVMRP: 'dvmrp',
    RPL: 'rpl',
    DHCP: 'dhcp',
    NT_AUTOSTATIC: 'ntAutostatic',
    NT_STATIC: 'ntStatic',
    NT_STATIC_NON_DOD: 'ntStaticNonDod',
  },
);

/** Names of NL_ROUTE_ORIGIN. */
export const originCodec: EnumCodec<Exclude<RouteOrigin, UnknownName>, wire.RouteOrigin> = createEnumCodec(
  'route origin',
  wire.RouteOrigin,
  {
    MANUAL: 'manual',
    WELL_KNOWN: 'wellKnown',
    DHCP: 'dhcp',
    ROUTER_ADVERTISEMENT: 'routerAdvertisement',
    SIX_TO_FOUR: 'sixToFour',
  },
);
