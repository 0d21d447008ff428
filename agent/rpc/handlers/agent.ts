import {
  Engine,
  type GetAgentResponse,
  type ListInterfacesResponse,
  WriteFunctions as WireWriteFunctions,
} from '../../../proto/gen/routefleet/v1/route_service.pb.js';
import type { WriteFunctions } from '../../routes/route-table.js';
import { encodeInterface } from '../codec/interface.js';
import type { HandlerContext } from '../context.js';

/** GetAgent. */
export async function getAgent({ table, revision, identity, limits, isElevated }: HandlerContext): Promise<GetAgentResponse> {
  const { capabilities } = table;
  return {
    hostName: identity.hostName,
    os: identity.os,
    agentVersion: identity.version,
    bootId: identity.bootId,
    engine: identity.engine === 'simulated' ? Engine.SIMULATED : Engine.IPHLPAPI,
    library: identity.library,
    capabilities: {
      ipv6: capabilities.ipv6,
      notifications: capabilities.notifications,
      interfaceMetrics: capabilities.interfaceMetrics,
      ipv4Writes: encodeWriteFunctions(capabilities.writes[4]),
      ipv6Writes: encodeWriteFunctions(capabilities.writes[6]),
      atomicity: [],
      confirmedCommit: false,
      elevated: isElevated(),
      missingFunctions: [...capabilities.missingFunctions],
    },
    limits: { ...limits },
    revision: revision.observe((await table.list()).fingerprint),
    pendingCommit: undefined,
    startTime: identity.startTime,
    drift: [],
    writeStatus: undefined,
  };
}

function encodeWriteFunctions(functions: WriteFunctions | undefined): WireWriteFunctions {
  switch (functions) {
    case undefined:
      return WireWriteFunctions.UNSPECIFIED;
    case 'classic':
      return WireWriteFunctions.CLASSIC;
    case 'netio':
      return WireWriteFunctions.NETIO;
  }
}

/** ListInterfaces. */
export async function listInterfaces({ table }: HandlerContext): Promise<ListInterfacesResponse> {
  return { interfaces: (await table.interfaces()).map(encodeInterface) };
}
