import type { ClientDuplexStream } from '@grpc/grpc-js';

/** Sends requests no faster than they are taken, and stops when the call is over. How that ended is for the side that reads to tell. */
export async function sendAll<Request, Response>(call: ClientDuplexStream<Request, Response>, requests: Iterable<Request>): Promise<void> {
  let over = false;
  const ended = new Promise<void>((resolve) => {
    // Last of all events, however the call ends: https://grpc.github.io/grpc/node/grpc-ClientDuplexStream.html#event:status
    call.once('status', () => {
      over = true;
      resolve();
    });
  });
  for (const request of requests) {
    if (over) return;
    if (!call.write(request)) await Promise.race([new Promise((drained) => call.once('drain', drained)), ended]);
  }
  call.end();
}
