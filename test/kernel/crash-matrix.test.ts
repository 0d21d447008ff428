import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BundledProgram, bundleProgram } from '../support/bundle.js';
import { type CrashHost, createCrashHost } from '../support/crash-host.js';
import { buildKernelRig, missingForKernelRig } from '../support/kernel-rig.js';
import type { CrashCall, CrashReport } from './crash-orders.js';
import { abandonedAtWrite, type CrashMode, modes, rows, within } from './crash-stories.js';

const missing = missingForKernelRig();
/** Agents that die at the same time, each in a namespace of its own. */
const parallel = 3;
/** Kill before every native read as well, which takes some ten minutes. */
const everyCall = process.env.ROUTEFLEET_CRASH_EVERY_CALL === '1';

interface CrashPoint {
  /** Before which call; behind the last: at the end. */
  readonly killAt: number;
  readonly torn: boolean;
  readonly call: CrashCall | undefined;
}

/**
 * Every journal call, every half journal write, every native write, and the end. After a call is before the next one. A native read is folded into
 * the call before it: reading leaves no trace in table or journal, so that what is found after a kill is the same.
 */
function crashPoints(calls: readonly CrashCall[]): CrashPoint[] {
  const points = calls.flatMap((call, index) => {
    const point = { killAt: index + 1, torn: false, call };
    return call.kind === 'journal' && call.name === 'write' ? [point, { ...point, torn: true }] : [point];
  });
  const chosen = points.filter(({ call }) => everyCall || call.kind !== 'native read');
  return [...chosen, { killAt: calls.length + 1, torn: false, call: undefined }];
}

const describePoint = ({ killAt, torn, call }: CrashPoint): string =>
  call === undefined ? 'at the end' : `${torn ? 'half-way through' : 'before'} call ${killAt}, ${call.kind} ${call.name}`;

describe.skipIf(missing !== undefined)(`an agent that is killed${missing ? ` (missing: ${missing})` : ''}`, () => {
  let hosts: CrashHost[] = [];
  let program: BundledProgram;
  const summary: string[] = [];
  let total = 0;
  let before: string;
  beforeAll(async () => {
    program = await bundleProgram('test/kernel/crash-agent.ts');
    const library = await buildKernelRig();
    for (let number = 0; number < parallel; number++) hosts.push(await createCrashHost(program.path, library, { rows, within }));
    for (const host of hosts) await host.reset();
    before = await firstHost().table();
    for (const host of hosts) expect(withoutLinkLocal(await host.table())).toBe(withoutLinkLocal(before));
  });
  afterAll(async () => {
    console.log([`${total} crash points:`, ...summary].join('\n  '));
    for (const host of hosts) await host.remove();
    hosts = [];
    await program.remove();
  });

  function firstHost(): CrashHost {
    const [host] = hosts;
    if (host === undefined) throw new Error('no host');
    return host;
  }

  /** Where the first agent of a mode that begins with a restart is killed: in the middle of its writes. */
  let abandonedAt = 0;

  async function crashOnce(host: CrashHost, mode: CrashMode, point: CrashPoint, stateDir: string): Promise<CrashReport | undefined> {
    const { story, failWriteAt } = mode;
    if (mode.leftBehind) {
      const [first] = modes;
      if (first === undefined) throw new Error('no mode');
      await host.crash({ story: first.story, stateDir, killAt: abandonedAt, torn: false });
    }
    return host.crash({ story, stateDir, failWriteAt, killAt: point.killAt, torn: point.torn });
  }

  it.each(modes.map((mode) => [mode.name, mode] as const))('%s', { timeout: 400_000 }, async (name, mode) => {
    const startedAt = Date.now();
    const host = firstHost();
    if (mode.leftBehind) {
      const [first] = modes as [CrashMode];
      const report = await host.crash({ story: first.story, stateDir: host.stateDir(), killAt: Number.MAX_SAFE_INTEGER, torn: false });
      await host.reset();
      const writes = (report?.calls ?? []).flatMap(({ kind }, index) => (kind === 'native write' ? [index + 1] : []));
      abandonedAt = writes[abandonedAtWrite - 1] ?? 0;
      expect(abandonedAt).toBeGreaterThan(0);
    }
    // What happens when nothing happens.
    const whole = await crashOnce(host, mode, { killAt: Number.MAX_SAFE_INTEGER, torn: false, call: undefined }, host.stateDir());
    expect(whole?.answered).toEqual(mode.answered);
    const after = await host.table();
    const { calls } = whole as CrashReport;
    const points = crashPoints(calls);
    await host.reset();
    expect(await host.table()).toBe(before);

    const failures: string[] = [];
    const outcomes = { before: 0, after: 0 };
    const waiting = [...points];
    await Promise.all(
      hosts.map(async (host) => {
        for (let point = waiting.shift(); point !== undefined; point = waiting.shift()) {
          const outcome = await examine(host, mode, point, withoutLinkLocal(after)).catch((error: unknown) => String(error));
          if (outcome === 'before' || outcome === 'after') outcomes[outcome] += 1;
          else failures.push(`killed ${describePoint(point)}: ${outcome}`);
        }
      }),
    );
    const of = (kind: CrashCall['kind']): number => points.filter(({ call }) => call?.kind === kind).length;
    summary.push(
      `${name}: ${points.length} points (journal ${of('journal')}, native writes ${of('native write')}, native reads ${of('native read')}${everyCall ? '' : ` and ${calls.filter(({ kind }) => kind === 'native read').length} folded`}, end 1): ${outcomes.before} before, ${outcomes.after} after, ${((Date.now() - startedAt) / 1000).toFixed(0)} s`,
    );
    total += points.length;
    expect(failures).toEqual([]);
    if (mode.outcome === 'before') expect(outcomes.after).toBe(0);
    else expect(Math.min(outcomes.before, outcomes.after)).toBeGreaterThan(0);
  });

  /** @returns which of both the table is after the restart, or what is wrong */
  async function examine(host: CrashHost, mode: CrashMode, point: CrashPoint, after: string): Promise<string> {
    const stateDir = host.stateDir();
    try {
      const report = await crashOnce(host, mode, point, stateDir);
      if ((point.call === undefined) !== (report !== undefined)) return 'it was not killed there';
      const first = await host.recover({ stateDir, write: false });
      const table = withoutLinkLocal(await host.table());
      const expected = first.state === 'COMMITTED' ? 'after' : 'before';
      if (table !== (expected === 'after' ? after : withoutLinkLocal(before))) {
        return `the commit is ${first.state}, and the table is not that ${expected} it:\n${table}\n${JSON.stringify(first)}`;
      }
      // None: its beginning did not get to the disk, and so no row was written.
      if (!['COMMITTED', 'ROLLED_BACK', 'COMMIT_NOT_FOUND'].includes(first.state ?? '')) return `unsettled: ${JSON.stringify(first)}`;
      if (report?.answered.at(-1)?.endsWith('COMMITTED') && expected !== 'after') return 'the caller was told that it stands';
      const second = await host.recover({ stateDir, write: true });
      if (withoutLinkLocal(await host.table()) !== table) return 'a second restart changed the table';
      if (second.state !== first.state) return `the second restart says ${second.state ?? second.failure}, the first said ${first.state}`;
      if (second.fence !== undefined || second.refusal !== undefined) return `no writes are taken: ${JSON.stringify(second)}`;
      return expected;
    } finally {
      if (withoutLinkLocal(await host.table()) !== withoutLinkLocal(before)) await host.reset();
      await rm(stateDir, { recursive: true, force: true });
    }
  }
});

/** Rows of the links themselves; their addresses differ from namespace to namespace, and no story touches them. */
function withoutLinkLocal(table: string): string {
  return table
    .split('\n')
    .filter((line) => !line.startsWith('fe80:'))
    .join('\n');
}
