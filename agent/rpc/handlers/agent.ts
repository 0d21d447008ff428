import { Atomicity } from '../../../proto/gen/routefleet/v1/commit.pb.js';
import {
  Engine,
  type GetAgentResponse,
  type ListInterfacesResponse,
  type Drift as WireDrift,
  WriteFunctions as WireWriteFunctions,
} from '../../../proto/gen/routefleet/v1/route_service.pb.js';
import type { DriftReport } from '../../commits/drift.js';
import type { WriteFunctions } from '../../routes/route-table.js';
import { encodeCommit } from '../codec/commit.js';
import { encodeInterface } from '../codec/interface.js';
import { encodeRoute, encodeSpec } from '../codec/route.js';
import type { HandlerContext } from '../context.js';
import { encodeFailure } from '../status.js';

/** GetAgent. */
export async function getAgent({ table, engine, keeper, identity, limits, isElevated }: HandlerContext): Promise<GetAgentResponse> {
  const { capabilities } = table;
  const writeFailure = await engine.writeFailure();
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
      atomicity: [Atomicity.ALL_OR_NOTHING, Atomicity.CONTINUE_ON_ERROR],
      confirmedCommit: true,
      elevated: isElevated(),
      missingFunctions: [...capabilities.missingFunctions],
      registry: table.registry !== undefined,
    },
    limits: { ...limits },
    revision: (await table.list()).revision,
    pendingCommit: engine.unsettled && encodeCommit(engine.unsettled, undefined),
    startTime: identity.startTime,
    drift: keeper.drift.map(encodeDrift),
    writeStatus: writeFailure && encodeFailure(writeFailure),
  };
}

function encodeDrift({ receipt, observed, reason }: DriftReport): WireDrift {
  const { owner, persistent, desired } = receipt;
  return {
    owner,
    desired: encodeSpec(desired, persistent),
    observed: observed && encodeRoute(observed, receipt),
    reason: reason ?? '',
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
