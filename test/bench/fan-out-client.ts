/** Connects to many hosts, makes one call to each, and keeps the connections: by the SDK, or by node:http2 alone. */
import { once } from 'node:events';
import { type ClientHttp2Session, connect as connectHttp2 } from 'node:http2';
import { createSecureContext } from 'node:tls';
import pLimit from 'p-limit';
import { connect } from '../../client/index.js';
import { createCredentials } from '../../client/transport/credentials.js';
import { GetAgentRequest, RouteServiceService } from '../../proto/gen/routefleet/v1/route_service.pb.js';
import { framed } from './framed.js';

/** What is to be done; PEM texts. */
export interface FanOutOrder {
  readonly by: 'sdk' | 'http2';
  readonly count: number;
  readonly port: number;
  readonly tls: { readonly certificate: string; readonly key: string; readonly ca: string };
}

/** What one connection took. */
export interface FanOutCost {
  readonly cpuMs: number;
  readonly kibibytes: number;
  readonly wallMs: number;
}

/** Connects at a time. */
const atOnce = 32;
/** Connects that do not count. */
const warmUps = 500;
const request = framed(GetAgentRequest.encode(GetAgentRequest.fromPartial({})).finish());

/** Makes a function that connects once and makes one call. */
function connectorOf({ by, port, tls: { ca, certificate, key } }: FanOutOrder): () => Promise<unknown> {
  if (by === 'sdk') {
    const credentials = createCredentials({ ca, certificate, key });
    return async () => {
      const client = connect({ address: `127.0.0.1:${port}`, credentials });
      await client.getAgent();
      return client;
    };
  }
  const secureContext = createSecureContext({ ca, cert: certificate, key, minVersion: 'TLSv1.3' });
  return async () => {
    const session = connectHttp2(`https://127.0.0.1:${port}`, { secureContext });
    await callOver(session);
    return session;
  };
}

async function callOver(session: ClientHttp2Session): Promise<void> {
  const stream = session.request({
    ':method': 'POST',
    ':path': RouteServiceService.getAgent.path,
    'content-type': 'application/grpc',
    te: 'trailers',
  });
  stream.end(request);
  stream.resume();
  await once(stream, 'end');
}

function resident(): number {
  for (let round = 0; round < 3; round++) globalThis.gc?.();
  return process.memoryUsage.rss() / 1024;
}

process.on('message', async (order: FanOutOrder) => {
  const connectOnce = connectorOf(order);
  const limit = pLimit(atOnce);
  const connectAll = (count: number): Promise<unknown[]> => Promise.all(Array.from({ length: count }, () => limit(connectOnce)));
  // What is compiled and loaded at the first connections is not what one costs.
  const kept = await connectAll(warmUps);
  const before = resident();
  const begun = process.hrtime.bigint();
  const cpu = process.cpuUsage();
  kept.push(...(await connectAll(order.count)));
  const { user, system } = process.cpuUsage(cpu);
  const wallMs = Number(process.hrtime.bigint() - begun) / 1e6;
  const cost: FanOutCost = {
    cpuMs: (user + system) / 1000 / order.count,
    kibibytes: (resident() - before) / order.count,
    wallMs: wallMs / order.count,
  };
  process.send?.(cost);
  if (kept.length === 0) throw new Error('unreachable: it keeps them in memory until here');
});
process.on('disconnect', () => process.exit());
