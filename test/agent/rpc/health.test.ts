import { credentials, status } from '@grpc/grpc-js';
import pino from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { simulateHost } from '../../../agent/simulate.js';
import { type RunningAgent, startAgent } from '../../../agent/start.js';
import {
  type HealthCheckResponse,
  HealthClient,
  type HealthListResponse,
  HealthCheckResponse_ServingStatus as Status,
} from '../../../proto/gen/health/v1/health.pb.js';

describe('grpc.health.v1', () => {
  let agent: RunningAgent | undefined;
  let client: HealthClient;
  beforeEach(async () => {
    const backend = simulateHost({ profile: 'office', simulateHostNumber: 1 });
    const config = { listen: '127.0.0.1:0', ipv4Writes: 'classic', reflection: false, acceptJournalLoss: false } as const;
    agent = await startAgent(backend, config, undefined, pino({ level: 'silent' }));
    client = new HealthClient(`127.0.0.1:${agent.port}`, credentials.createInsecure());
  });
  const stop = async (): Promise<void> => {
    // As long as calls may take to end by themselves.
    await agent?.stop(600_000);
    agent = undefined;
  };
  afterEach(async () => {
    client.close();
    await stop();
  });

  const check = (service: string): Promise<HealthCheckResponse> =>
    new Promise((resolve, reject) => {
      client.check({ service }, (error, response) => (error ? reject(error) : resolve(response)));
    });

  /** What a watch was told so far, and its end. */
  function watch(service: string): { readonly told: number[]; readonly first: Promise<unknown>; readonly ended: Promise<unknown> } {
    const call = client.watch({ service });
    const told: number[] = [];
    call.on('data', ({ status: seen }: HealthCheckResponse) => told.push(seen));
    const event = (name: string): Promise<unknown> => new Promise((resolve) => call.once(name, resolve));
    return { told, first: event('data'), ended: event('end') };
  }

  it.each(['', 'routefleet.v1.RouteService'])('serves "%s"', async (service) => {
    expect(await check(service)).toEqual({ status: Status.SERVING });
  });

  it('does not know other services', async () => {
    await expect(check('routefleet.v2.RouteService')).rejects.toMatchObject({
      code: status.NOT_FOUND,
      details: 'service: "routefleet.v2.RouteService" is not served here; ask for "" or routefleet.v1.RouteService',
    });
    const { told, first } = watch('routefleet.v2.RouteService');
    await first;
    expect(told).toEqual([Status.SERVICE_UNKNOWN]);
  });

  it('lists what it serves', async () => {
    const listed = await new Promise<HealthListResponse>((resolve, reject) => {
      client.list({}, (error, response) => (error ? reject(error) : resolve(response)));
    });
    expect(listed.statuses).toEqual({ '': { status: Status.SERVING }, 'routefleet.v1.RouteService': { status: Status.SERVING } });
  });

  it('tells those who watch of its end, and is not held up by them', async () => {
    const { told, first, ended } = watch('routefleet.v1.RouteService');
    await first;
    await Promise.all([stop(), ended]);
    expect(told).toEqual([Status.SERVING, Status.NOT_SERVING]);
  });
});
