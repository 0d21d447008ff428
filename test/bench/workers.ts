import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { createCleanup } from '../support/cleanup.js';
import { createTestPki } from '../support/pki.js';
import { startBenchProcess } from './bench-process.js';
import { type Benchmark, compare } from './benchmark.js';
import type { AgentsQuestion } from './fleet-agents.js';
import type { PlanOrder } from './plan-controller.js';

const hosts = 2000;
const perProcess = 200;
const routes = 20;

/** Whether a second process of the controller helps. */
export const workers: Benchmark = {
  name: 'workers',
  about: `plan of ${routes} routes on ${hosts} simulated agents on this machine, 32 at a time: two processes of the controller against one`,
  async run({ rounds }) {
    const cleanup = createCleanup();
    try {
      const directory = await mkdtemp(join(tmpdir(), 'routefleet-bench-'));
      cleanup.defer(() => rm(directory, { recursive: true }));
      const pki = await createTestPki();
      await pki.writeTo(directory, 'controller', await pki.issueClient({ name: 'controller' }));
      const tls = { ...(await pki.issueServer({ name: 'agent', ipAddresses: ['127.0.0.1'] })), ca: pki.ca };
      const addresses: string[] = [];
      for (let first = 1; first <= hosts; first += perProcess) {
        const agents = startBenchProcess('fleet-agents');
        cleanup.defer(async () => {
          await agents.ask({ ask: 'stop' } satisfies AgentsQuestion);
          await agents.end();
        });
        const question: AgentsQuestion = { ask: 'start', first, last: first + perProcess - 1, rows: routes, tls };
        addresses.push(...(await agents.ask<readonly string[]>(question)));
      }
      const [inventory, desiredState] = [join(directory, 'fleet.yaml'), join(directory, 'routes.yaml')];
      await writeFile(
        inventory,
        stringify({
          defaults: { tls: { ca: 'ca.pem', certificate: 'controller.pem', key: 'controller-key.pem' } },
          hosts: Object.fromEntries(addresses.map((address, index) => [`host${index + 1}`, { address }])),
        }),
      );
      const desired = Array.from({ length: routes }, (_, index) => ({ prefix: `10.9.${index}.0/24`, nextHop: '10.20.255.254', metric: 5 }));
      await writeFile(desiredState, stringify({ owner: 'bench', routes: desired }));
      const rate = async (processes: number): Promise<number> => {
        const controller = startBenchProcess('plan-controller');
        const ms = await controller.ask<number>({ inventory, desiredState, processes } satisfies PlanOrder);
        await controller.end();
        return (hosts * 1000) / ms;
      };
      return [
        await compare({
          what: `${hosts} hosts`,
          unit: 'hosts/s',
          goal: { least: 1.6 },
          rounds,
          ours: () => rate(2),
          floor: () => rate(1),
        }),
      ];
    } finally {
      await cleanup.run();
    }
  },
};
