/** 200 watchers of a table of 10,000 rows beside one: what each costs the agent, and how much later a change arrives. Prints ratios of one run. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { Client, credentials, Metadata } from '@grpc/grpc-js';
import { RouteServiceService as service, WatchRoutesRequest, WatchRoutesResponse } from '../../proto/gen/routefleet/v1/route_service.pb.js';
import { connectWire } from '../support/wire.js';
import type { Answer, Question } from './watched-agent.js';

const rows = 10_000;
const watcherCount = 200;
const singleChanges = 40;
const burstRows = 1000;

interface BenchAgent {
  readonly address: string;
  ask(question: Question): Promise<Answer>;
  close(): void;
}

async function startAgent(): Promise<BenchAgent> {
  const child: ChildProcess = fork(new URL('watched-agent.ts', import.meta.url), [String(rows)], {
    execArgv: ['--expose-gc', '--import', 'tsx'],
  });
  const [{ address }] = (await once(child, 'message')) as [{ address: string }];
  return {
    address,
    async ask(question) {
      child.send(question);
      const [answer] = await once(child, 'message');
      return answer;
    },
    close: () => child.disconnect(),
  };
}

/** Counts the changes that arrive, and does as little else as possible: the agent is to be measured, not the client. */
class BenchWatcher {
  readonly #client: Client;
  readonly #call: ReturnType<Client['makeServerStreamRequest']>;
  readonly ready: Promise<void>;
  #wanted = 0;
  #arrived = (_at: bigint): void => {};

  constructor(address: string) {
    this.#client = new Client(address, credentials.createInsecure(), { 'grpc.use_local_subchannel_pool': 1 });
    const request = WatchRoutesRequest.fromPartial({ heartbeatInterval: { seconds: 3600n, nanos: 0 } });
    this.#call = this.#client.makeServerStreamRequest(
      service.watchRoutes.path,
      service.watchRoutes.requestSerialize,
      (bytes) => bytes,
      request,
      new Metadata(),
    );
    this.#call.on('error', () => {});
    this.ready = new Promise((resolve) => {
      this.#call.on('data', (bytes: Buffer) => {
        const at = process.hrtime.bigint();
        // One event is one field: its tag is the first byte.
        if (bytes[0] === tagOf('snapshotEnd')) resolve();
        this.#wanted -= countOf(bytes);
        if (this.#wanted <= 0) this.#arrived(at);
      });
    });
  }

  /** When the last of so many changes arrives. */
  arrival(changes: number): Promise<bigint> {
    this.#wanted = changes;
    return new Promise((resolve) => {
      this.#arrived = resolve;
    });
  }

  close(): void {
    this.#call.cancel();
    this.#client.close();
  }
}

function countOf(bytes: Buffer): number {
  const { event } = WatchRoutesResponse.decode(bytes);
  return event?.$case === 'changes' ? event.value.changes.length : 0;
}

function tagOf($case: 'snapshotEnd' | 'changes'): number {
  const value = $case === 'changes' ? { changes: [], resumeRevision: 1n } : { revision: 1n, routeCount: 1 };
  return WatchRoutesResponse.encode(WatchRoutesResponse.fromPartial({ event: { $case, value } as never })).finish()[0] as number;
}

async function watchers(agent: BenchAgent, count: number): Promise<BenchWatcher[]> {
  const opened = Array.from({ length: count }, () => new BenchWatcher(agent.address));
  await Promise.all(opened.map(({ ready }) => ready));
  return opened;
}

/** Times in ns from a change to its arrival, of every watcher and change, sorted. */
async function latencies(agent: BenchAgent, watching: readonly BenchWatcher[], changes: number, size: number): Promise<number[]> {
  const times: number[] = [];
  for (let change = 0; change < changes; change++) {
    const arrivals = Promise.all(watching.map((watcher) => watcher.arrival(size)));
    const { changedAt } = (await agent.ask({ ask: 'change', rows: size })) as { changedAt: string };
    for (const at of await arrivals) times.push(Number(at - BigInt(changedAt)));
  }
  return times.sort((a, b) => a - b);
}

const at = (sorted: readonly number[], share: number): number => sorted[Math.floor((sorted.length - 1) * share)] ?? 0;
const memoryOf = async (agent: BenchAgent): Promise<number> => ((await agent.ask({ ask: 'memory' })) as { memory: number }).memory;

async function listingTime(agent: BenchAgent): Promise<number> {
  const wire = connectWire(agent.address, credentials.createInsecure(), { 'grpc.max_receive_message_length': -1 });
  const times: number[] = [];
  for (let round = 0; round < 11; round++) {
    const begun = process.hrtime.bigint();
    await wire.listRoutes();
    times.push(Number(process.hrtime.bigint() - begun));
  }
  wire.close();
  return at(
    times.sort((a, b) => a - b),
    0.5,
  );
}

const agent = await startAgent();
try {
  const listing = await listingTime(agent);
  const [first] = (await watchers(agent, 1)) as [BenchWatcher];
  await latencies(agent, [first], 5, 1);
  const aloneMemory = await memoryOf(agent);
  const alone = await latencies(agent, [first], singleChanges, 1);
  const aloneBurst = await latencies(agent, [first], 5, burstRows);
  const before = await memoryOf(agent);
  const others = await watchers(agent, watcherCount - 1);
  await latencies(agent, [first, ...others], 5, 1);
  const manyMemory = await memoryOf(agent);
  const many = await latencies(agent, [first, ...others], singleChanges, 1);
  const manyBurst = await latencies(agent, [first, ...others], 5, burstRows);
  const per = (manyMemory - before) / (watcherCount - 1);
  const line = (what: string, value: number, unit: string): void =>
    console.log(`${what.padEnd(64)} ${value.toFixed(2).padStart(8)} ${unit}`);
  console.log(`one watcher and ${watcherCount} watchers of ${rows} rows, ratios of this run`);
  line('one change to one watcher, median', at(alone, 0.5) / listing, 'x one ListRoutes of the table');
  line(`one change to ${watcherCount} watchers, median of all`, at(many, 0.5) / at(alone, 0.5), 'x one watcher');
  line(`one change to ${watcherCount} watchers, last of all (p99)`, at(many, 0.99) / at(alone, 0.99), 'x one watcher');
  line(`${burstRows} changes at once to ${watcherCount} watchers, last of all`, at(manyBurst, 1) / at(aloneBurst, 1), 'x one watcher');
  line('memory of the agent with one watcher after its changes', before / aloneMemory, 'x the same before them');
  line(`memory of the agent with ${watcherCount} watchers`, manyMemory / before, 'x with one');
  line('memory of one more watcher', (100 * per) / before, '% of the agent with one');
  for (const watcher of [first, ...others]) watcher.close();
} finally {
  agent.close();
}
