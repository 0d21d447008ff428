/** The least that answers a gRPC call: node:http2 alone, which sends back what came. */
import { createServer } from 'node:http2';
import type { AddressInfo } from 'node:net';

const server = createServer();
server.on('stream', (stream) => {
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  stream.on('end', () => {
    stream.respond({ ':status': 200, 'content-type': 'application/grpc+proto' }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
    stream.end(Buffer.concat(chunks));
  });
});
process.on('message', () => server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port)));
process.on('disconnect', () => process.exit());
