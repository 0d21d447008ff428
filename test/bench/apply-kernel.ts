import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { promisify } from 'node:util';
import { CommitState } from '../../proto/gen/routefleet/v1/commit.pb.js';
import { ApplyRoutesRequest } from '../../proto/gen/routefleet/v1/route_service.pb.js';
import { bundleProgram } from '../support/bundle.js';
import { buildKernelRig, createKernelHost, type KernelAgent, missingForKernelRig } from '../support/kernel-rig.js';
import { piecesOf } from '../support/wire.js';
import { type Benchmark, compare, elapsedMs } from './benchmark.js';
import { dmzNextHop, writeBatch } from './kernel-storm.js';
import { operationPrefix } from './operations.js';

const routes = 10_000;

/** The whole way to a kernel and back. */
export const applyKernel: Benchmark = {
  name: 'apply-kernel',
  about:
    'ApplyRoutes to a real kernel table, over mutual TLS from another namespace, journaled and read back, against `ip -batch` on the host',
  missing: missingForKernelRig,
  async run({ rounds }) {
    const host = await createKernelHost();
    const program = await bundleProgram('agent/main.ts');
    const batch = writeBatch(routes);
    try {
      const agent = await host.startAgent({ library: await buildKernelRig(), bundle: program.path });
      const flush = () => host.namespace.ip('route flush root 45.0.0.0/8');
      const measure = (work: () => Promise<unknown>) => async () => {
        const ms = await elapsedMs(work);
        await flush();
        return ms;
      };
      const result = await compare({
        rounds,
        what: `${routes.toLocaleString('en')} routes`,
        unit: 'ms',
        goal: { most: 2 },
        ours: measure(() => applyAll(agent)),
        floor: measure(() => promisify(execFile)('ip', ['-netns', host.namespace.name, '-batch', batch.path])),
      });
      return [result];
    } finally {
      await host.remove();
      await program.remove();
      await rm(batch.directory, { recursive: true });
    }
  },
};

/** The messages are made before, as the file is: what is measured is what the agent makes of them. */
const messages = piecesOf({
  operations: Array.from({ length: routes }, (_, index) => ({
    operation: {
      $case: 'create',
      value: { destinationPrefix: operationPrefix(index), nextHop: dmzNextHop, interface: { selector: { $case: 'alias', value: 'dmz0' } } },
    },
  })),
}).map((piece) => ApplyRoutesRequest.fromPartial(piece as never));

async function applyAll({ wire }: KernelAgent): Promise<void> {
  const call = wire.client.applyRoutes();
  for (const message of messages) call.write(message);
  call.end();
  for await (const { event } of call) {
    if (event?.$case !== 'commit') continue;
    const { state, stepCount } = event.value;
    if (state !== CommitState.COMMITTED || stepCount !== routes)
      throw new Error(`the commit of ${stepCount} steps ended in state ${state}`);
  }
}
