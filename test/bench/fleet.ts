/** A controller plans and rolls out 20 routes on N simulated agents, and on N/10: what one host costs it. Prints ratios of one run; N is 1,000, or --hosts. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { stringify } from 'yaml';
import { createCleanup } from '../support/cleanup.js';
import { createTestPki } from '../support/pki.js';
import type { FleetChange } from '../support/roll-out-fleet.js';
import type { AgentsCount, AgentsQuestion } from './fleet-agents.js';
import type { ControllerAnswer, ControllerOrder } from './fleet-controller.js';

const { values } = parseArgs({ options: { hosts: { type: 'string', default: '1000' }, rounds: { type: 'string', default: '3' } } });
const [hosts, rounds] = [Number(values.hosts), Number(values.rounds)];
const small = Math.round(hosts / 10);
const routes = 20;
const rows = 20;
const concurrency = 16;
/** Of the cost of a host, in the large fleet to the small one. */
const mostGrowth = 1.5;
const mebibyte = 1024 * 1024;

/** A process of this benchmark. */
interface Process {
  /** The answer is the next message. */
  ask<Answer>(question: AgentsQuestion | ControllerOrder): Promise<Answer>;
  end(): Promise<void>;
}

function startProcess(file: string): Process {
  const child: ChildProcess = fork(new URL(file, import.meta.url), { execArgv: ['--expose-gc', '--import', 'tsx'] });
  const exited = once(child, 'exit');
  const gone = exited.then(([code]) => Promise.reject(new Error(`${file} ended with ${code}`)));
  gone.catch(() => {});
  return {
    async ask(question) {
      child.send(question);
      const [answer] = await Promise.race([once(child, 'message'), gone]);
      return answer;
    },
    async end() {
      child.kill();
      await exited;
    },
  };
}

interface Run extends ControllerAnswer {
  readonly hosts: number;
  readonly agents: AgentsCount;
}

const cleanup = createCleanup();
const directory = await mkdtemp(join(tmpdir(), 'routefleet-bench-'));
cleanup.defer(() => rm(directory, { recursive: true }));
const pki = await createTestPki();
await pki.writeTo(directory, 'controller', await pki.issueClient({ name: 'controller' }));
const tls = { ...(await pki.issueServer({ name: 'agent', ipAddresses: ['127.0.0.1'] })), ca: pki.ca };
const desiredState = join(directory, 'routes.yaml');
const desired = Array.from({ length: routes }, (_, index) => ({ prefix: `10.9.${index}.0/24`, nextHop: '10.20.255.254', metric: 5 }));
await writeFile(desiredState, stringify({ owner: 'bench', routes: desired }));
const warmUpProcess = startProcess('fleet-agents.ts');
/** A tenth of the large fleet in each: a process with more agents would be slower. */
const processes = Array.from({ length: 10 }, () => startProcess('fleet-agents.ts'));
for (const each of [warmUpProcess, ...processes]) cleanup.defer(() => each.end());

/** Starts fresh hosts in these processes. */
async function startFleet(name: string, on: readonly Process[]): Promise<FleetChange> {
  const started = on.map((each, index) =>
    each.ask<readonly string[]>({ ask: 'start', first: index * small + 1, last: (index + 1) * small, rows, tls }),
  );
  const addresses = (await Promise.all(started)).flat();
  const inventory = join(directory, `${name}.yaml`);
  const defaults = { tls: { ca: 'ca.pem', certificate: 'controller.pem', key: 'controller-key.pem' } };
  const named = Object.fromEntries(addresses.map((address, index) => [`host${index + 1}`, { address }]));
  await writeFile(inventory, stringify({ defaults, hosts: named }));
  return { inventory, desiredState, store: join(directory, 'rollouts'), concurrency };
}

/** One rollout by a controller of its own, on fresh hosts. */
async function run(on: readonly Process[]): Promise<Run> {
  const order = { warmUp: await startFleet('warm-up', [warmUpProcess]), measured: await startFleet('fleet', on) };
  const controller = startProcess('fleet-controller.ts');
  const answer = await controller.ask<ControllerAnswer>(order);
  await controller.end();
  const counts = await Promise.all(on.map((each) => each.ask<AgentsCount>({ ask: 'count' })));
  await Promise.all([warmUpProcess, ...on].map((each) => each.ask({ ask: 'stop' })));
  const sum = (of: keyof AgentsCount): number => counts.reduce((all, each) => all + each[of], 0);
  return { ...answer, hosts: on.length * small, agents: { handshakes: sum('handshakes'), open: sum('open') } };
}

const median = (numbers: readonly number[]): number => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;

/** How a cost of one host grows from the small fleet to the large one: median of the rounds, each of which compares two rollouts after each other. */
function growth(pairs: readonly (readonly [small: Run, large: Run])[], costOf: (run: Run) => number): number {
  return median(pairs.map(([few, many]) => costOf(many) / many.hosts / (costOf(few) / few.hosts)));
}

/** What may not be, whatever it costs. */
function faultsOf({ hosts: count, unconfirmed, operations, agents, connections, files }: Run): string[] {
  return [
    ...unconfirmed.slice(0, 5),
    ...(operations === count * routes ? [] : [`${operations} operations were planned for ${count} hosts`]),
    ...(agents.open + connections.after === 0 ? [] : [`${connections.after} connections are left, ${agents.open} at the agents`]),
    ...(files.after <= files.before ? [] : [`${files.after - files.before} file descriptors are left`]),
  ];
}

try {
  const pairs: (readonly [small: Run, large: Run])[] = [];
  for (let round = 0; round < rounds; round++) pairs.push([await run(processes.slice(0, 1)), await run(processes)]);
  const runs = pairs.flat();
  const costs: readonly (readonly [what: string, costOf: (run: Run) => number])[] = [
    ['time for the plan', ({ planNs }) => Number(planNs)],
    ['time for the rollout', ({ rolloutNs }) => Number(rolloutNs)],
    ['CPU of the controller', ({ cpuNs }) => Number(cpuNs)],
    ['most memory of the controller, above what it had before', ({ memory }) => Math.max(memory.peak - memory.before, mebibyte)],
  ];
  const counts: readonly (readonly [what: string, countOf: (run: Run) => number])[] = [
    ['TLS handshakes', ({ agents }) => agents.handshakes],
    ['most memory of the controller, above what it had before, MiB', ({ memory }) => (memory.peak - memory.before) / mebibyte],
    ['most connections at once', ({ connections }) => connections.most],
    ['connections afterwards, at either side', ({ connections, agents }) => connections.after + agents.open],
    ['file descriptors before', ({ files }) => files.before],
    ['most file descriptors', ({ files }) => files.peak],
    ['file descriptors afterwards', ({ files }) => files.after],
  ];
  console.log(`${routes} routes on ${hosts} hosts and on ${small}, ${concurrency} at a time; medians of ${rounds} rounds of this run`);
  const grown = costs.map(([what, costOf]) => ({ what, by: growth(pairs, costOf) }));
  for (const { what, by } of grown) console.log(`${`one host: ${what}`.padEnd(66)} ${by.toFixed(2).padStart(8)} x one of ${small}`);
  console.log(`${''.padEnd(66)} ${String(small).padStart(8)} ${String(hosts).padStart(8)} hosts`);
  for (const [what, countOf] of counts) {
    const [few, many] = [0, 1].map((side) =>
      median(pairs.map((pair) => countOf(pair[side] as Run)))
        .toFixed(0)
        .padStart(8),
    );
    console.log(`${what.padEnd(66)} ${few} ${many}`);
  }
  const faults = [
    ...runs.flatMap(faultsOf),
    ...grown.filter(({ by }) => !(by <= mostGrowth)).map(({ what, by }) => `${what}: ${by.toFixed(2)} times as much, ${mostGrowth} may be`),
  ];
  for (const fault of faults) console.error(`FAILED: ${fault}`);
  if (faults.length > 0) process.exitCode = 1;
} finally {
  await cleanup.run();
}
