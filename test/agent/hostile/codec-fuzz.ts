import { createClassicTable } from '../../../agent/iphlpapi/classic-table.js';
import { RouteTableError } from '../../../agent/routes/errors.js';
import type { RouteTable } from '../../../agent/routes/route-table.js';
import { decodeAddress, decodeOptionalAddress } from '../../../agent/rpc/codec/address.js';
import { decodeWriteOptions } from '../../../agent/rpc/codec/change.js';
import { decodeFamily } from '../../../agent/rpc/codec/family.js';
import { decodeFilter } from '../../../agent/rpc/codec/filter.js';
import { decodeRouteKey, decodeRouteSpec, decodeSelector } from '../../../agent/rpc/codec/route.js';
import { decodeName } from '../../../agent/rpc/codec/text.js';
import { decodeHeartbeatInterval } from '../../../agent/rpc/codec/watch.js';
import { receiveChange } from '../../../agent/rpc/handlers/change-stream.js';
import { simulateHost } from '../../../agent/simulate.js';
import * as wire from '../../../proto/gen/routefleet/v1/route_service.pb.js';
import { InvalidValueError } from '../../../proto/invalid-value.js';
import { createRandom, randomBytes } from './random.js';

/** Bytes that come as the request of an RPC. */
export interface FuzzCase {
  readonly rpc: string;
  readonly bytes: Uint8Array;
}

/** What came of it; "no protobuf" is refused before any code of the agent runs. */
export interface FuzzOutcome {
  readonly kind: 'decoded' | 'no protobuf' | 'refused';
  /** An error that is none of the agent's. */
  readonly unexpected?: unknown;
}

/** Makes messages that look like requests, and decodes them as the agent does. */
export interface Fuzz {
  readonly rpcs: readonly string[];
  /** The same case for the same seed. */
  make(seed: number): FuzzCase;
  run(fuzzed: FuzzCase): Promise<FuzzOutcome>;
}

interface Codec {
  readonly decode: (bytes: Uint8Array) => unknown;
  /** What the handler makes of it before it touches the table. */
  readonly check: (request: never) => unknown;
  /** Messages that are valid. */
  readonly valid: readonly Uint8Array[];
}

interface MessageType<Message> {
  decode(bytes: Uint8Array): Message;
  fromPartial(partial: never): Message;
  encode(message: Message): { finish(): Uint8Array };
}

function codec<Message>(type: MessageType<Message>, valid: readonly object[], check: (request: Message) => unknown): Codec {
  const encode = (partial: object): Uint8Array => type.encode(type.fromPartial(partial as never)).finish();
  return { decode: (bytes) => type.decode(bytes), check: check as never, valid: valid.map(encode) };
}

const route = {
  destinationPrefix: '10.20.0.0/16',
  nextHop: '10.20.0.1',
  interface: { selector: { $case: 'alias', value: 'Ethernet' } },
  metric: 25,
  validLifetime: { seconds: 600n, nanos: 0 },
};
const key = { destinationPrefix: '2001:db8::/32', nextHop: 'fe80::1%12', interface: { selector: { $case: 'luid', value: 1n << 40n } } };
const options = {
  requestId: 'request-1',
  owner: 'team-net',
  comment: 'a comment',
  confirmWithin: { seconds: 60n, nanos: 5 },
  acceptedRisks: [1, 2],
  expectedRevision: 7n,
  probes: [
    { probe: { $case: 'tcpConnect', value: '192.0.2.1:443' }, timeout: { seconds: 1n, nanos: 0 } },
    { probe: { $case: 'bestRoute', value: { destination: '192.0.2.1', nextHop: '10.20.0.1' } } },
  ],
};
const header = { part: { $case: 'header', value: { options, atomicity: 1, destinations: ['192.0.2.9'], planToken: 'token' } } };
const operations = ['create', 'set', 'put'].map(($case) => ({ operation: { $case, value: route } }));
const chunk = { part: { $case: 'chunk', value: { operations: [...operations, { operation: { $case: 'delete', value: key } }] } } };
const filter = {
  family: 1,
  destination: { $case: 'withinPrefix', value: '10.0.0.0/8' },
  protocols: [3],
  origins: [1],
  owner: 'team-net',
  minMetric: 1,
};

async function* behindHeader<Piece>(type: MessageType<Piece>, piece: Piece): AsyncGenerator<Piece> {
  const isHeader = (piece as { part?: { $case: string } }).part?.$case === 'header';
  if (!isHeader) yield type.fromPartial({ part: { $case: 'header', value: {} } } as never);
  yield piece;
}

function codecsOver(table: RouteTable): Readonly<Record<string, Codec>> {
  const { ApplyRoutesRequest, PlanRoutesRequest } = wire;
  const commit = codec(wire.ConfirmCommitRequest, [{ commitId: 'commit-1' }], ({ commitId }) => decodeName('commit_id', commitId));
  return {
    ApplyRoutes: codec(ApplyRoutesRequest, [header, chunk], (piece) =>
      receiveChange(behindHeader(ApplyRoutesRequest, piece), 100, () => {}),
    ),
    PlanRoutes: codec(PlanRoutesRequest, [header, chunk], (piece) => receiveChange(behindHeader(PlanRoutesRequest, piece), 100, () => {})),
    ListRoutes: codec(wire.ListRoutesRequest, [{ filter }], (request) => decodeFilter(table, request.filter)),
    WatchRoutes: codec(
      wire.WatchRoutesRequest,
      [{ filter, since: { bootId: 'boot', revision: 5n }, heartbeatInterval: { seconds: 5n, nanos: 0 } }],
      (request) => {
        decodeHeartbeatInterval(request.heartbeatInterval);
        return decodeFilter(table, request.filter);
      },
    ),
    GetRoute: codec(wire.GetRouteRequest, [{ key }], (request) => decodeRouteKey('key', request.key)),
    GetBestRoute: codec(wire.GetBestRouteRequest, [{ destination: '192.0.2.1', source: '10.20.0.5' }], (request) => {
      decodeAddress('destination', request.destination);
      decodeOptionalAddress('source', request.source);
      return decodeSelector(request.interface);
    }),
    CreateRoute: codec(wire.CreateRouteRequest, [{ route, options }], (request) => {
      decodeWriteOptions('options', request.options);
      return decodeRouteSpec('route', request.route);
    }),
    SetRoute: codec(wire.SetRouteRequest, [{ route, options }], (request) => {
      decodeWriteOptions('options', request.options);
      return decodeRouteSpec('route', request.route);
    }),
    DeleteRoute: codec(wire.DeleteRouteRequest, [{ key, options }], (request) => {
      decodeWriteOptions('options', request.options);
      return decodeRouteKey('key', request.key);
    }),
    SetDefaultGateway: codec(wire.SetDefaultGatewayRequest, [{ nextHop: '10.20.0.1', options }], (request) => {
      decodeWriteOptions('options', request.options);
      return decodeSelector(request.interface);
    }),
    ConfirmCommit: commit,
    CancelCommit: { ...commit, decode: (bytes) => wire.CancelCommitRequest.decode(bytes) },
    ExtendCommit: { ...commit, decode: (bytes) => wire.ExtendCommitRequest.decode(bytes) },
    GetCommit: { ...commit, decode: (bytes) => wire.GetCommitRequest.decode(bytes) },
    ListCommits: codec(wire.ListCommitsRequest, [{ pageSize: 5 }], () => {}),
    GetAgent: codec(wire.GetAgentRequest, [{}], () => {}),
    ListInterfaces: codec(wire.ListInterfacesRequest, [{}], () => decodeFamily('family', 1)),
  };
}

/** Over a simulated host. */
export async function createFuzz(): Promise<Fuzz> {
  const { iphlpapi } = simulateHost({ profile: 'office', simulateHostNumber: 1 });
  const codecs = codecsOver(createClassicTable(iphlpapi, false));
  const rpcs = Object.keys(codecs);
  const pool = Object.values(codecs).flatMap(({ valid }) => valid);
  return {
    rpcs,
    make(seed) {
      const random = createRandom(seed);
      const rpc = rpcs[random(rpcs.length)] as string;
      const { valid } = codecs[rpc] as Codec;
      if (random(10) === 0) return { rpc, bytes: randomBytes(seed, random(200)) };
      let bytes = Uint8Array.from(valid[random(valid.length)] as Uint8Array);
      for (let mutations = 1 + random(2); mutations > 0; mutations--) bytes = mutate(bytes, random, pool);
      return { rpc, bytes };
    },
    async run({ rpc, bytes }) {
      const { decode, check } = codecs[rpc] as Codec;
      let request: unknown;
      try {
        request = decode(bytes);
      } catch (error) {
        return error instanceof TypeError || !(error instanceof Error)
          ? { kind: 'no protobuf', unexpected: error }
          : { kind: 'no protobuf' };
      }
      try {
        await check(request as never);
        return { kind: 'decoded' };
      } catch (error) {
        return error instanceof InvalidValueError || error instanceof RouteTableError
          ? { kind: 'refused' }
          : { kind: 'refused', unexpected: error };
      }
    },
  };
}

function mutate(bytes: Uint8Array, random: (limit: number) => number, pool: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const changed = Uint8Array.from(bytes);
  const at = random(bytes.length + 1);
  switch (random(10)) {
    case 0:
      return changed.slice(0, at);
    case 1:
      return Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(random(at + 1))]);
    case 2:
      return Uint8Array.from([
        ...bytes.subarray(0, at),
        ...Array.from({ length: 1 + random(8) }, () => random(256)),
        ...bytes.subarray(at),
      ]);
    case 3: {
      const other = pool[random(pool.length)] as Uint8Array;
      return Uint8Array.from([...bytes.subarray(0, at), ...other.subarray(random(other.length + 1))]);
    }
  }
  // One byte: any, one bit of it, or a character of the texts that prefixes, addresses and names are.
  changed[at] = [random(256), (changed[at] ?? 0) ^ (1 << random(8)), 0x20 + random(0x5f)][random(3)] as number;
  return changed;
}
