import { Client, credentials, Metadata } from '@grpc/grpc-js';
import { connect } from '../../client/index.js';
import type { RouteClient } from '../../client/route-client.js';
import { channelOptions } from '../../client/transport/channel-options.js';
import { ListRoutesRequest, type ListRoutesResponse } from '../../proto/gen/routefleet/v1/route_service.pb.js';
import { type Benchmark, compare, elapsedMs, type Result } from './benchmark.js';
import { unaryList } from './list-peer.js';
import { startListScene } from './list-scene.js';

/** SDK listRoutes end to end, against what people use today. */
export const list: Benchmark = {
  name: 'list',
  about:
    'SDK listRoutes over mutual TLS to an agent in another process, every row taken by "for await", against a peer that decodes to objects, encodes them with ts-proto and answers in one message',
  async run({ rounds }) {
    const results: Result[] = [];
    for (const rows of [100_000, 1_000_000]) {
      const scene = await startListScene(rows);
      const client = connect({ address: scene.addresses.agent, tls: scene.tls });
      const peer = new Client(
        scene.addresses.peer,
        credentials.createSsl(...[scene.tls.ca, scene.tls.key, scene.tls.certificate].map((pem) => Buffer.from(pem))),
        {
          ...channelOptions,
          'grpc.max_receive_message_length': -1,
        },
      );
      try {
        results.push(
          await compare({
            what: `${rows.toLocaleString('en')} rows`,
            unit: 'ms',
            goal: { most: 0.15 },
            rounds,
            ours: () => elapsedMs(() => takeAll(client, rows)),
            floor: () => elapsedMs(() => takeUnary(peer, rows)),
          }),
        );
      } finally {
        await client.close();
        peer.close();
        await scene.end();
      }
    }
    return results;
  },
};

/** Takes every row, and looks at it as somebody does who searches one. */
async function takeAll(client: RouteClient, rows: number): Promise<void> {
  let count = 0;
  for await (const { destinationPrefix } of client.listRoutes()) if (destinationPrefix !== '') count += 1;
  if (count !== rows) throw new Error(`${count} of ${rows} rows came`);
}

async function takeUnary(client: Client, rows: number): Promise<void> {
  const { routes } = await new Promise<ListRoutesResponse>((resolve, reject) => {
    const { path, requestSerialize, responseDeserialize } = unaryList;
    const request = ListRoutesRequest.fromPartial({});
    client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, new Metadata(), (error, response) =>
      error ? reject(error) : resolve(response as ListRoutesResponse),
    );
  });
  let count = 0;
  for (const { destinationPrefix } of routes) if (destinationPrefix !== '') count += 1;
  if (count !== rows) throw new Error(`${count} of ${rows} rows came`);
}
