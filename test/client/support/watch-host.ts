import type { ServerWritableStream, StatusObject } from '@grpc/grpc-js';
import { onTestFinished } from 'vitest';
import { connect, type RouteClient } from '../../../client/index.js';
import type { WatchRoutesRequest, WatchRoutesResponse } from '../../../proto/gen/routefleet/v1/route_service.pb.js';
import { type FakeService, startFakeService } from './fake-service.js';

/** A WatchRoutes call, in the hands of a test. */
export interface WatchCall {
  readonly request: WatchRoutesRequest;
  /** The address from which it comes. */
  readonly peer: string;
  readonly cancelled: boolean;
  send(...events: readonly WatchRoutesResponse[]): void;
  /** Ends it: with OK, or with an error. */
  end(status?: StatusObject): void;
}

/** A host whose table is watched. */
export interface WatchHost {
  readonly address: string;
  readonly client: RouteClient;
  /** How many calls came until now. */
  readonly callCount: number;
  /** The next call that came or comes. */
  nextCall(): Promise<WatchCall>;
  /** It is gone, with all connections. */
  stop(): void;
  /** It is there again, on the same port. */
  start(): Promise<void>;
}

/** Both it and its client end with the test. `watches: false`: of a version that does not know WatchRoutes. */
export async function startWatchHost({ watches = true }: { readonly watches?: boolean } = {}): Promise<WatchHost> {
  const calls: WatchCall[] = [];
  let taken = 0;
  let wake = () => {};
  const methods = {
    watchRoutes: (stream: ServerWritableStream<WatchRoutesRequest, WatchRoutesResponse>) => {
      calls.push(callOf(stream));
      wake();
    },
  };
  let service: FakeService = await startFakeService(watches ? methods : {});
  const { address } = service;
  const client = connect({ address, insecure: true });
  onTestFinished(() => {
    client.close();
    service.close();
  });
  return {
    address,
    client,
    get callCount() {
      return calls.length;
    },
    async nextCall() {
      for (;;) {
        const call = calls[taken];
        if (call !== undefined) {
          taken += 1;
          return call;
        }
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    stop: () => service.close(),
    async start() {
      service = await startFakeService(methods, Number(address.split(':')[1]));
    },
  };
}

function callOf(stream: ServerWritableStream<WatchRoutesRequest, WatchRoutesResponse>): WatchCall {
  return {
    request: stream.request,
    peer: stream.getPeer(),
    get cancelled() {
      return stream.cancelled;
    },
    send(...events) {
      for (const event of events) stream.write(event);
    },
    end(status) {
      if (status === undefined) stream.end();
      else stream.emit('error', status);
    },
  };
}
