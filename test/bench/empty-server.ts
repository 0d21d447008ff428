/** The least that serves gRPC: grpc-js with one RPC that answers nothing. Says where it listens as the agent does. */
import { Server, ServerCredentials } from '@grpc/grpc-js';

const same = (bytes: Buffer): Buffer => bytes;
const codec = { requestSerialize: same, requestDeserialize: same, responseSerialize: same, responseDeserialize: same };
const server = new Server();
server.addService(
  { getAgent: { path: '/routefleet.v1.RouteService/GetAgent', requestStream: false, responseStream: false, ...codec } },
  { getAgent: (_call: unknown, callback: (error: null, answer: Buffer) => void) => callback(null, Buffer.alloc(0)) },
);
server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => {
  if (error !== null) throw error;
  console.log(JSON.stringify({ msg: 'listening', address: `127.0.0.1:${port}` }));
});
