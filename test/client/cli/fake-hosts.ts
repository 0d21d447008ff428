import { onTestFinished } from 'vitest';
import type { RouteServiceServer } from '../../../proto/gen/routefleet/v1/route_service.pb.js';
import { startFakeService } from '../support/fake-service.js';
import { type CliRun, type RunOptions, run } from './run.js';

/** Hosts that do exactly what a test says, and the command line that reaches them. */
export interface FakeHosts {
  /** In the order given. */
  readonly addresses: readonly string[];
  /** `--address … --insecure` */
  readonly args: readonly string[];
  run(args: readonly string[], options?: RunOptions): Promise<CliRun>;
}

/** Starts one host per set of methods; they end with the test. */
export async function startFakeHosts(...hosts: readonly Partial<RouteServiceServer>[]): Promise<FakeHosts> {
  const services = await Promise.all(hosts.map((methods) => startFakeService(methods)));
  onTestFinished(() => {
    for (const service of services) service.close();
  });
  const addresses = services.map(({ address }) => address);
  const args = [...addresses.flatMap((address) => ['--address', address]), '--insecure'];
  return { addresses, args, run: (own, options) => run([...own, ...args], options) };
}
