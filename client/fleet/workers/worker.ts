/** A process that works on hosts for the controller that started it. It ends with it, as if it were a part of it. */
import { type Connector, createConnector } from '../connector.js';
import { planHost } from '../fleet-plan.js';
import { createSystemClock } from '../rollout/clock.js';
import type { HostWork } from '../rollout/host-work.js';
import { createHostWork } from '../rollout/rollout-work.js';
import type { Job, JobResults, Order, Report } from './worker-messages.js';

let connector: Connector = createConnector();
let work: HostWork | undefined;
const running = new Map<number, { readonly controller: AbortController; answer(may: boolean): void }>();

const tell = (report: Report): void => void process.send?.(report);

function take(order: Order): void {
  switch (order.type) {
    case 'setUp':
      connector = createConnector(order.connector);
      work = order.rollout && createHostWork(order.rollout, connector, createSystemClock());
      return;
    case 'begin':
      void begin(order.id, order.job);
      return;
    case 'abort':
      running.get(order.id)?.controller.abort();
      return;
    case 'mayConfirm':
      running.get(order.id)?.answer(order.may);
      return;
  }
}

async function begin(id: number, job: Job): Promise<void> {
  const controller = new AbortController();
  let answer = (_may: boolean): void => {};
  running.set(id, { controller, answer: (may) => answer(may) });
  const mayConfirm = (): Promise<boolean> =>
    new Promise((resolve) => {
      answer = resolve;
      tell({ type: 'mayConfirm', id });
    });
  try {
    tell({ type: 'ended', id, result: await resultOf(job, controller.signal, mayConfirm) });
  } catch (error) {
    tell({ type: 'failed', id, error: error as Error });
  } finally {
    running.delete(id);
  }
}

async function resultOf(job: Job, signal: AbortSignal, mayConfirm: () => Promise<boolean>): Promise<JobResults[Job['kind']]> {
  if (job.kind === 'plan') {
    const result = await planHost(job.target, job.options, connector, signal);
    if (result.ok) return { ok: true, value: result.value };
    const { code, reason, message, remedy, win32, metadata, address, method } = result.error;
    return { ok: false, error: { code, reason, message, remedy, win32, metadata, address, method } };
  }
  if (work === undefined) throw new Error('the worker was told of no rollout');
  const { host, resumed } = job;
  if (job.kind === 'undo') return work.undo(host, job.attempt, { signal, resumed });
  return work.apply(host, { signal, resumed, confirming: job.confirming, mayConfirm });
}

process.on('message', take);
process.on('disconnect', () => process.exit());
// Ctrl-C reaches the whole group: the controller decides what becomes of the hosts.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
