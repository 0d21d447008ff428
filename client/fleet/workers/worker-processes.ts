import { type ChildProcess, fork } from 'node:child_process';
import { once, setMaxListeners } from 'node:events';
import { extname } from 'node:path';
import { isSea } from 'node:sea';
import { fileURLToPath } from 'node:url';
import { RouteError } from '../../errors/route-error.js';
import type { ConnectorOptions } from '../connector.js';
import type { HostRoutes } from '../desired-hosts.js';
import { FleetError } from '../fleet-error.js';
import type { HostPlan, PlanHostOptions } from '../fleet-plan.js';
import type { HostResult } from '../on-host.js';
import type { HostWork } from '../rollout/host-work.js';
import type { RolloutSpec } from '../rollout/rollout-spec.js';
import { workerArgument } from './worker-argument.js';
import type { Job, JobResults, Order, Report } from './worker-messages.js';

/** How many processes work on hosts, and how they connect to them. */
export interface WorkerOptions extends ConnectorOptions {
  /** Processes, each of which uses one core. */
  readonly count: number;
}

/** Processes that work on hosts in place of this one. They end with it, whatever ends it. */
export interface WorkerProcesses extends HostWork {
  /** As `planHost`. Rejects for mistakes of this program alone. */
  plan(target: HostRoutes, options: PlanHostOptions, signal: AbortSignal): Promise<HostResult<HostPlan>>;
  /** Ends them, and what they still do. */
  close(): Promise<void>;
}

interface Running {
  settle(report: Extract<Report, { readonly type: 'ended' }>['result']): void;
  fail(error: Error): void;
  mayConfirm?: (() => Promise<boolean>) | undefined;
}

interface Worker {
  readonly child: ChildProcess;
  readonly running: Map<number, Running>;
}

/**
 * Starts them.
 *
 * @param rollout - whose hosts `apply` and `undo` are about
 */
export function startWorkers({ count, ...connector }: WorkerOptions, rollout?: RolloutSpec): WorkerProcesses {
  const workers = Array.from({ length: count }, () => startWorker({ type: 'setUp', connector, rollout }));
  let lastId = 0;

  /** The one with the least to do takes the job. */
  function run<Kind extends Job['kind']>(
    job: Extract<Job, { readonly kind: Kind }>,
    signal: AbortSignal,
    mayConfirm?: () => Promise<boolean>,
  ): Promise<JobResults[Kind]> {
    const { child, running } = workers.reduce((least, each) => (each.running.size < least.running.size ? each : least));
    const id = ++lastId;
    const abort = (): void => send(child, { type: 'abort', id });
    // Every host that is worked on listens; Node.js takes more than ten for a leak and warns.
    setMaxListeners(0, signal);
    return new Promise<JobResults[Kind]>((resolve, reject) => {
      running.set(id, { settle: (result) => resolve(result as JobResults[Kind]), fail: reject, mayConfirm });
      if (!child.connected) reject(workerEnded(child));
      send(child, { type: 'begin', id, job });
      if (signal.aborted) abort();
      else signal.addEventListener('abort', abort);
    }).finally(() => {
      running.delete(id);
      signal.removeEventListener('abort', abort);
    });
  }

  return {
    async plan(target, options, signal) {
      const { host } = target;
      const result = await run({ kind: 'plan', target, options }, signal);
      return result.ok ? { host, ok: true, value: { ...result.value, target } } : { host, ok: false, error: new RouteError(result.error) };
    },
    apply: (host, { signal, resumed, confirming, mayConfirm }) => run({ kind: 'apply', host, resumed, confirming }, signal, mayConfirm),
    undo: (host, attempt, { signal, resumed }) => run({ kind: 'undo', host, attempt, resumed }, signal),
    async close() {
      await Promise.all(
        workers.map(async ({ child }) => {
          if (child.exitCode !== null || child.signalCode !== null) return;
          const exited = once(child, 'exit');
          if (child.connected) child.disconnect();
          await exited;
        }),
      );
    },
  };
}

function startWorker(setUp: Order): Worker {
  // Messages have bigints.
  const child = fork(isSea() ? workerArgument : workerProgram(), { serialization: 'advanced' });
  const running = new Map<number, Running>();
  child.on('message', (report: Report) => {
    const job = running.get(report.id);
    switch (report.type) {
      case 'ended':
        job?.settle(report.result);
        return;
      case 'failed':
        job?.fail(report.error);
        return;
      case 'mayConfirm':
        job?.mayConfirm?.().then((may) => send(child, { type: 'mayConfirm', id: report.id, may }), job.fail);
        return;
    }
  });
  child.on('exit', () => {
    for (const { fail } of running.values()) fail(workerEnded(child));
  });
  send(child, setUp);
  return { child, running };
}

function workerProgram(): URL {
  return new URL(`./worker${extname(fileURLToPath(import.meta.url))}`, import.meta.url);
}

function send(child: ChildProcess, order: Order): void {
  // What cannot be sent any more is told of by the end of the process.
  if (child.connected) child.send(order, () => {});
}

function workerEnded({ exitCode, signalCode }: ChildProcess): FleetError {
  const how = signalCode === null ? `with code ${exitCode}` : `by ${signalCode}`;
  const remedy = 'see what it said before; give --workers 1 to do without, and go on with a rollout by "routefleet rollout resume"';
  return new FleetError('WORKER_ENDED', `a process that works on hosts ended ${how}`, remedy);
}
