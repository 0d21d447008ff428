import { describe, expect, it } from 'vitest';
import * as layoutModule from '../../../agent/iphlpapi/layout.js';

/** Sizes and offsets as compiled from the headers of mingw-w64; test/kernel/layout.test.ts compiles them anew. */
const pinned = {
  MIB_IPFORWARDROW: {
    size: 56,
    dwForwardDest: 0,
    dwForwardMask: 4,
    dwForwardNextHop: 12,
    dwForwardIfIndex: 16,
    dwForwardType: 20,
    dwForwardProto: 24,
    dwForwardAge: 28,
    dwForwardMetric1: 36,
  },
  MIB_IPFORWARDTABLE: { dwNumEntries: 0, table: 4 },
  SOCKADDR_INET: { size: 28, family: 0, ipv4Address: 4, ipv6Address: 8, ipv6ScopeId: 24 },
  IP_ADDRESS_PREFIX: { size: 32, Prefix: 0, PrefixLength: 28 },
  MIB_IPFORWARD_ROW2: {
    size: 104,
    InterfaceLuid: 0,
    InterfaceIndex: 8,
    DestinationPrefix: 12,
    NextHop: 44,
    SitePrefixLength: 72,
    ValidLifetime: 76,
    PreferredLifetime: 80,
    Metric: 84,
    Protocol: 88,
    Loopback: 92,
    AutoconfigureAddress: 93,
    Publish: 94,
    Immortal: 95,
    Age: 96,
    Origin: 100,
  },
  MIB_IPINTERFACE_ROW: {
    size: 168,
    Family: 0,
    InterfaceLuid: 8,
    InterfaceIndex: 16,
    ForwardingEnabled: 41,
    UseAutomaticMetric: 44,
    Metric: 148,
    NlMtu: 152,
    Connected: 156,
  },
  MIB_IF_ROW2: {
    size: 1352,
    InterfaceLuid: 0,
    InterfaceIndex: 8,
    InterfaceGuid: 12,
    Alias: 28,
    Description: 542,
    PhysicalAddressLength: 1056,
    PhysicalAddress: 1060,
    Mtu: 1124,
    Type: 1128,
    OperStatus: 1156,
    AdminStatus: 1160,
    TransmitLinkSpeed: 1192,
  },
  MIB_UNICASTIPADDRESS_ROW: { size: 80, Address: 0, InterfaceLuid: 32, InterfaceIndex: 40, OnLinkPrefixLength: 60 },
  MIB_IPNET_ROW2: {
    size: 88,
    Address: 0,
    InterfaceIndex: 28,
    InterfaceLuid: 32,
    PhysicalAddress: 40,
    PhysicalAddressLength: 72,
    State: 76,
  },
  MIB_TABLE2: { NumEntries: 0, Table: 8 },
};

const layout: Readonly<Record<string, unknown>> = { ...layoutModule };

describe('layouts of 64-bit Windows', () => {
  it.each(Object.entries(pinned))('%s', (name, members) => {
    expect(layout[name]).toMatchObject(members);
  });
});
