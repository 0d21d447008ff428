import * as wire from '../../proto/gen/routefleet/v1/route_service.pb.js';
import { decodeFailure } from '../errors/agent-failure.js';
import type { AgentCapabilities, AgentInfo, Drift, Engine, WriteFunctions } from '../model/agent-info.js';
import type { UnknownName } from '../model/route.js';
import { atomicityCodec } from './change-names.js';
import { optionalCommit } from './commit.js';
import { createEnumCodec, type EnumCodec } from './enum-codec.js';
import { required } from './malformed-answer.js';
import { decodeText } from './numbers.js';
import { optionalRoute } from './route.js';
import { decodeRouteSpec } from './route-spec.js';

const engineCodec: EnumCodec<Exclude<Engine, UnknownName>, wire.Engine> = createEnumCodec('engine', wire.Engine, {
  IPHLPAPI: 'iphlpapi',
  SIMULATED: 'simulated',
});

const writesCodec: EnumCodec<Exclude<WriteFunctions, UnknownName>, wire.WriteFunctions> = createEnumCodec(
  'family of write functions',
  wire.WriteFunctions,
  { CLASSIC: 'classic', NETIO: 'netio' },
);

/** @throws MalformedAnswerError for an answer without capabilities or limits */
export function decodeAgentInfo(answer: wire.GetAgentResponse): AgentInfo {
  const { hostName, os, agentVersion, bootId, library, revision, startTime, pendingCommit, drift, writeStatus } = answer;
  const { maxMessageBytes, maxOperations, maxSteps } = required(answer.limits, 'limits');
  return {
    hostName,
    os,
    agentVersion,
    bootId,
    engine: engineCodec.decode(answer.engine),
    library,
    capabilities: decodeCapabilities(required(answer.capabilities, 'capabilities')),
    limits: { maxMessageBytes, maxOperations, maxSteps: maxSteps || maxOperations },
    revision,
    startTime,
    pendingCommit: optionalCommit(pendingCommit),
    drift: drift.map(decodeDrift),
    writeStatus: decodeFailure(writeStatus),
  };
}

function decodeDrift({ owner, desired, observed, reason }: wire.Drift): Drift {
  return {
    owner,
    desired: decodeRouteSpec(required(desired, 'desired')),
    observed: optionalRoute(observed),
    reason: decodeText(reason),
  };
}

function decodeCapabilities(row: wire.Capabilities): AgentCapabilities {
  const { ipv6, notifications, interfaceMetrics, confirmedCommit, elevated, missingFunctions, registry } = row;
  return {
    ipv6,
    notifications,
    interfaceMetrics,
    ipv4Writes: decodeWrites(row.ipv4Writes),
    ipv6Writes: decodeWrites(row.ipv6Writes),
    atomicity: row.atomicity.map(atomicityCodec.decode),
    confirmedCommit,
    elevated,
    missingFunctions,
    registry,
  };
}

function decodeWrites(functions: wire.WriteFunctions): WriteFunctions | undefined {
  return functions === wire.WriteFunctions.UNSPECIFIED ? undefined : writesCodec.decode(functions);
}
