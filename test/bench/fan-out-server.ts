/** Answers GetAgent to whoever has a certificate, with as little work as there is: what many connections cost their client is to be measured. */
import { createSecureServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { GetAgentResponse } from '../../proto/gen/routefleet/v1/route_service.pb.js';
import { framed } from './framed.js';

/** PEM texts. */
export interface FanOutServerOrder {
  readonly certificate: string;
  readonly key: string;
  readonly ca: string;
}

const answer = framed(
  GetAgentResponse.encode(GetAgentResponse.fromPartial({ hostName: 'host', capabilities: {}, limits: {}, startTime: new Date() })).finish(),
);

process.on('message', ({ certificate, key, ca }: FanOutServerOrder) => {
  const server = createSecureServer({ cert: certificate, key, ca, requestCert: true, rejectUnauthorized: true, minVersion: 'TLSv1.3' });
  server.on('stream', (stream) => {
    stream.respond({ ':status': 200, 'content-type': 'application/grpc+proto' }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
    stream.end(answer);
    stream.resume();
  });
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
});
process.on('disconnect', () => process.exit());
