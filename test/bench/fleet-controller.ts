import { readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { countOpen } from '../support/connection-count.js';
import { type FleetChange, planChange, rollOutChange } from '../support/roll-out-fleet.js';

/** What a controller is to do: the first, so that its code is compiled, and then the second, which is measured. */
export interface ControllerOrder {
  readonly warmUp: FleetChange;
  readonly measured: FleetChange;
}

/** What the measured rollout took. Memory in bytes, times in ns as text. */
export interface ControllerAnswer {
  readonly planNs: string;
  readonly rolloutNs: string;
  readonly cpuNs: string;
  readonly operations: number;
  /** Hosts that did not end as they should, with the reason. */
  readonly unconfirmed: readonly string[];
  /** Resident before, after everything that can go was collected, and at most. */
  readonly memory: { readonly before: number; readonly peak: number };
  /** On the heap afterwards, after everything that can go was collected, above what was there before. */
  readonly heapKept: number;
  readonly connections: { readonly most: number; readonly after: number };
  /** File descriptors. */
  readonly files: { readonly before: number; readonly peak: number; readonly after: number };
}

/** Reading the memory of a process takes about half a millisecond. */
const sampleMs = 100;
/** Longest wait for what is closed to be gone. */
const closedWithinMs = 10_000;

const filesNow = (): number => readdirSync('/proc/self/fd').length;

function collect(): void {
  for (let round = 0; round < 3; round++) globalThis.gc?.();
}

async function measure(change: FleetChange): Promise<ControllerAnswer> {
  collect();
  const before = { memory: process.memoryUsage(), files: filesNow() };
  const peak = { memory: before.memory.rss, files: before.files };
  const sampler = setInterval(() => {
    peak.memory = Math.max(peak.memory, process.memoryUsage.rss());
    peak.files = Math.max(peak.files, filesNow());
  }, sampleMs);
  const connections = countOpen('client');
  const cpuBefore = process.cpuUsage();
  const begun = process.hrtime.bigint();
  const planned = await planChange(change);
  const plannedAt = process.hrtime.bigint();
  const state = await rollOutChange(planned);
  const ended = process.hrtime.bigint();
  const cpu = process.cpuUsage(cpuBefore);
  clearInterval(sampler);
  for (let waited = 0; waited < closedWithinMs && (connections.now > 0 || filesNow() > before.files); waited += sampleMs) {
    await sleep(sampleMs);
  }
  connections.stop();
  const unconfirmed = [...state.hosts].flatMap(([name, { status, why }]) =>
    status === 'confirmed' ? [] : [`${name} is ${status}${why === undefined ? '' : `, ${why.reason}: ${why.message}`}`],
  );
  const files = { before: before.files, peak: peak.files, after: filesNow() };
  collect();
  return {
    planNs: String(plannedAt - begun),
    rolloutNs: String(ended - plannedAt),
    cpuNs: String((cpu.user + cpu.system) * 1000),
    operations: planned.operations,
    unconfirmed,
    memory: { before: before.memory.rss, peak: peak.memory },
    heapKept: process.memoryUsage().heapUsed - before.memory.heapUsed,
    connections: { most: connections.most, after: connections.now },
    files,
  };
}

process.on('message', async ({ warmUp, measured }: ControllerOrder) => {
  await rollOutChange(await planChange(warmUp));
  process.send?.(await measure(measured));
});
