/** The least that serves gRPC: grpc-js with two RPCs that answer nothing. Says where it listens as the agent does, and to whoever forked it when asked. */
import { Server, ServerCredentials } from '@grpc/grpc-js';

const same = (bytes: Buffer): Buffer => bytes;
const codec = { requestSerialize: same, requestDeserialize: same, responseSerialize: same, responseDeserialize: same };
const answerNothing = (_call: unknown, callback: (error: null, answer: Buffer) => void) => callback(null, Buffer.alloc(0));
const server = new Server();
server.addService(
  {
    getAgent: { path: '/routefleet.v1.RouteService/GetAgent', requestStream: false, responseStream: false, ...codec },
    getRoute: { path: '/routefleet.v1.RouteService/GetRoute', requestStream: false, responseStream: false, ...codec },
  },
  { getAgent: answerNothing, getRoute: answerNothing },
);
const port = new Promise<number>((resolve, reject) => {
  server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) => (error === null ? resolve(bound) : reject(error)));
});
process.on('message', async () => process.send?.(await port));
process.on('disconnect', () => process.exit());
if (process.send === undefined) console.log(JSON.stringify({ msg: 'listening', address: `127.0.0.1:${await port}` }));
