/*
 * An agent that is killed in the middle: started by crash-matrix.test.ts in a namespace, as a bundle. Its parts are those of main.ts, but for
 * the calls of two ports, which are counted: those of the library, and those that change files of the journal.
 */
import { createInterface } from 'node:readline';
import pino from 'pino';
import type { OpenFile } from '../../agent/commits/journal/files.js';
import { nodeFiles } from '../../agent/commits/journal/node-files.js';
import type { Iphlpapi } from '../../agent/iphlpapi/iphlpapi.js';
import { openLibrary, type RunningAgent, startAgent } from '../../agent/start.js';
import { CommitState } from '../../proto/gen/routefleet/v1/commit.pb.js';
import { connectWire, type Wire, type WireChange, type WireError } from '../support/wire.js';
import type { CrashCall, CrashOrder, CrashReport, RecoveryOrder, RecoveryReport } from './crash-orders.js';

const [order] = process.argv.slice(2).map((text) => JSON.parse(text) as CrashOrder | RecoveryOrder);
if (order === undefined) throw new Error('an order is missing');
if (order.role === 'crash') await crash(order);
else await recover(order);

/** Counts calls, and ends the process at the one that is named. */
interface Counter {
  readonly calls: CrashCall[];
  counting: boolean;
  /** Before a call. @returns whether only a part of it shall still happen */
  before(kind: CrashCall['kind'], name: string): boolean;
}

async function crash({ library, stateDir, story, killAt, torn, failWriteAt }: CrashOrder): Promise<void> {
  const counter: Counter = {
    calls: [],
    counting: story.countFrom === 'start',
    before(kind, name) {
      if (!counter.counting) return false;
      counter.calls.push({ kind, name });
      if (counter.calls.length !== killAt) return false;
      if (torn) return true;
      return die();
    },
  };
  Object.assign(nodeFiles, countFiles(counter));
  const { iphlpapi, identity } = openLibrary(library);
  const agent = await start({ iphlpapi: countCalls(iphlpapi, counter, failWriteAt), identity }, stateDir);
  const wire = connectWire(`127.0.0.1:${agent.port}`);
  if (story.countFrom === 'apply') counter.counting = true;
  const answered: string[] = [];
  const answer = (what: string): void => void answered.push(what);
  if (story.change !== undefined) {
    const { commit, failure } = await wire.applyRoutes(revive(story.change));
    answer(`apply ${failure?.message ?? nameOf(commit?.state)}`);
  }
  if (story.countFrom === 'applied') counter.counting = true;
  if (story.settledBy !== undefined) {
    const { commit } = await wire[story.settledBy]({ commitId: 'crash' });
    answer(`${story.settledBy} ${nameOf(commit?.state)}`);
  }
  const report: CrashReport = { calls: counter.calls, answered };
  await new Promise((done) => process.stdout.write(`${JSON.stringify(report)}\n`, done));
  die();
}

/** SIGKILL of itself: nothing runs after it, no handler, no flush. */
function die(): never {
  process.kill(process.pid, 'SIGKILL');
  for (;;);
}

function start(backend: ReturnType<typeof openLibrary>, stateDir: string): Promise<RunningAgent> {
  const config = { listen: '127.0.0.1:0', ipv4Writes: 'classic', reflection: false, stateDir, acceptJournalLoss: false } as const;
  return startAgent(backend, config, undefined, pino({ level: 'silent' }));
}

function countCalls(real: Iphlpapi, counter: Counter, failWriteAt: number | undefined): Iphlpapi {
  const counted: Record<string, unknown> = { ...real };
  let writes = 0;
  for (const [name, call] of Object.entries(real)) {
    if (typeof call !== 'function' || name === 'isElevated' || name === 'formatMessage') continue;
    const isWrite = /^(create|set|delete)/.test(name);
    counted[name] = (...args: unknown[]) => {
      counter.before(isWrite ? 'native write' : 'native read', name);
      const accessDenied = 5;
      if (isWrite && ++writes === failWriteAt) return accessDenied;
      return (call as (...args: unknown[]) => unknown)(...args);
    };
  }
  return counted as unknown as Iphlpapi;
}

function countFiles(counter: Counter): Partial<typeof nodeFiles> {
  const real = { ...nodeFiles };
  const counted =
    <Args extends unknown[], Result>(name: string, call: (...args: Args) => Result) =>
    (...args: Args): Result => {
      counter.before('journal', name);
      return call(...args);
    };
  const wrap = (file: OpenFile): OpenFile => ({
    async write(bytes, position) {
      if (counter.before('journal', 'write')) {
        await file.write(bytes.subarray(0, bytes.length / 2), position);
        die();
      }
      return file.write(bytes, position);
    },
    sync: counted('sync', () => file.sync()),
    truncate: counted('truncate', (length) => file.truncate(length)),
    close: () => file.close(),
  });
  const create = counted('create', real.create);
  return {
    create: async (path) => wrap(await create(path)),
    open: async (path) => wrap(await real.open(path)),
    rename: counted('rename', real.rename),
    remove: counted('remove', real.remove),
    syncDirectory: counted('syncDirectory', real.syncDirectory),
  };
}

/** 64-bit numbers do not go through JSON. */
function revive({ change, confirmWithinSeconds }: NonNullable<CrashOrder['story']['change']>): WireChange {
  const options = change.header?.options ?? {};
  const confirmWithin = confirmWithinSeconds === undefined ? undefined : { seconds: BigInt(confirmWithinSeconds), nanos: 0 };
  return { ...change, header: { ...change.header, options: { ...options, confirmWithin } } };
}

function nameOf(state: CommitState | undefined): string {
  return Object.entries(CommitState).find(([, value]) => value === state)?.[0] ?? 'none';
}

/** Starts and stops agents on directories that it is told on stdin, and tells what they say. */
async function recover({ library }: RecoveryOrder): Promise<void> {
  const backend = openLibrary(library);
  for await (const line of createInterface({ input: process.stdin })) {
    const { stateDir, write } = JSON.parse(line) as { readonly stateDir: string; readonly write: boolean };
    let report: RecoveryReport;
    try {
      const agent = await start(backend, stateDir);
      const wire = connectWire(`127.0.0.1:${agent.port}`);
      report = await examine(wire, write);
      wire.close();
      await agent.stop(1000);
    } catch (error) {
      report = { failure: (error as Error).message };
    }
    process.stdout.write(`${JSON.stringify(report)}\n`);
  }
}

async function examine(wire: Wire, write: boolean): Promise<RecoveryReport> {
  const { pendingCommit, writeStatus } = await wire.getAgent();
  const state = await wire.getCommit({ commitId: 'crash' }).then(
    ({ commit }) => nameOf(commit?.state),
    (error: WireError) => error.reason,
  );
  if (write) {
    const route = { destinationPrefix: '198.51.100.128/25', nextHop: '192.0.2.1' };
    await wire.createRoute({ route });
    await wire.deleteRoute({ key: route });
  }
  return { state, fence: pendingCommit?.id, refusal: writeStatus?.message };
}
