import { Atomicity as WireAtomicity } from '../../proto/gen/routefleet/v1/commit.pb.js';
import * as wire from '../../proto/gen/routefleet/v1/route_service.pb.js';
import type { AgentCapabilities, AgentInfo, Atomicity, Engine, WriteFunctions } from '../model/agent-info.js';
import type { UnknownName } from '../model/route.js';
import { createEnumCodec, type EnumCodec } from './enum-codec.js';
import { required } from './malformed-answer.js';

const engineCodec: EnumCodec<Exclude<Engine, UnknownName>, wire.Engine> = createEnumCodec('engine', wire.Engine, {
  IPHLPAPI: 'iphlpapi',
  SIMULATED: 'simulated',
});

const writesCodec: EnumCodec<Exclude<WriteFunctions, UnknownName>, wire.WriteFunctions> = createEnumCodec(
  'family of write functions',
  wire.WriteFunctions,
  { CLASSIC: 'classic', NETIO: 'netio' },
);

const atomicityCodec: EnumCodec<Exclude<Atomicity, UnknownName>, WireAtomicity> = createEnumCodec('atomicity', WireAtomicity, {
  ALL_OR_NOTHING: 'allOrNothing',
  CONTINUE_ON_ERROR: 'continueOnError',
});

/** @throws MalformedAnswerError for an answer without capabilities or limits */
export function decodeAgentInfo(answer: wire.GetAgentResponse): AgentInfo {
  const { hostName, os, agentVersion, bootId, library, revision, startTime } = answer;
  const { maxMessageBytes, maxOperations } = required(answer.limits, 'limits');
  return {
    hostName,
    os,
    agentVersion,
    bootId,
    engine: engineCodec.decode(answer.engine),
    library,
    capabilities: decodeCapabilities(required(answer.capabilities, 'capabilities')),
    limits: { maxMessageBytes, maxOperations },
    revision,
    startTime,
  };
}

function decodeCapabilities(row: wire.Capabilities): AgentCapabilities {
  const { ipv6, notifications, interfaceMetrics, confirmedCommit, elevated, missingFunctions } = row;
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
  };
}

function decodeWrites(functions: wire.WriteFunctions): WriteFunctions | undefined {
  return functions === wire.WriteFunctions.UNSPECIFIED ? undefined : writesCodec.decode(functions);
}
