import { onTestFinished } from 'vitest';
import { connect, type RouteClient } from '../../../client/index.js';
import type { RouteServiceServer } from '../../../proto/gen/routefleet/v1/route_service.pb.js';
import { startFakeService } from './fake-service.js';

/** A client of a fake service; both end with the test. */
export async function serve(methods: Partial<RouteServiceServer>, timeoutMs?: number): Promise<RouteClient> {
  const service = await startFakeService(methods);
  const client = connect({ address: service.address, insecure: true, timeoutMs, streamTimeoutMs: timeoutMs });
  onTestFinished(() => {
    client.close();
    service.close();
  });
  return client;
}
