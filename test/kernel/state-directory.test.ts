import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failureOf } from '../contract/fixture.js';
import { type Cleanup, createCleanup } from '../support/cleanup.js';
import { buildKernelRig, createKernelHost, type KernelAgent, type KernelHost, missingForKernelRig } from '../support/kernel-rig.js';
import { reasonOf } from '../support/wire.js';

const missing = missingForKernelRig();
const run = promisify(execFile);
const route = { destinationPrefix: '198.19.30.0/24', nextHop: '192.0.2.1', metric: 5 };

describe.skipIf(missing !== undefined)(`the state directory on a real disk${missing ? ` (missing: ${missing})` : ''}`, () => {
  let host: KernelHost;
  let library: string;
  let cleanup: Cleanup;
  beforeAll(async () => {
    cleanup = createCleanup();
    library = await buildKernelRig();
    host = await createKernelHost();
    cleanup.defer(host.remove);
  });
  afterAll(() => cleanup?.run());

  /** A file system of its own, of a size that is soon used up. */
  async function mountDisk(): Promise<string> {
    const directory = mkdtempSync(join(tmpdir(), 'routefleet-disk-'));
    cleanup.defer(() => rm(directory, { recursive: true }));
    await run('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', directory]);
    cleanup.defer(() => run('umount', ['--lazy', directory]));
    return directory;
  }

  /** Every write is refused, and leaves no row; reading goes on. */
  async function expectNoWrites({ wire }: KernelAgent, reason: string | RegExp): Promise<void> {
    const before = await host.namespace.ip('route');
    const refused = { reason: expect.stringMatching(reason) };
    expect(await failureOf(wire.createRoute({ route }))).toMatchObject(refused);
    expect(await failureOf(wire.deleteRoute({ key: existing }))).toMatchObject(refused);
    expect(await host.namespace.ip('route')).toBe(before);
    expect((await wire.listRoutes()).routes).toContainEqual(expect.objectContaining(existing));
  }
  async function expectWrites({ wire }: KernelAgent): Promise<void> {
    await wire.createRoute({ route });
    expect(await host.namespace.ip('route show exact 198.19.30.0/24')).not.toBe('');
    await wire.deleteRoute({ key: route });
  }
  const existing = { destinationPrefix: '198.19.31.0/24', nextHop: '192.0.2.1' };
  beforeAll(() => host.namespace.ip('route add 198.19.31.0/24 via 192.0.2.1 metric 30'));

  it('full: no write without a journal, and writes again as soon as there is room', async () => {
    const stateDir = await mountDisk();
    const agent = await host.startAgent({ library, stateDir });
    await expectWrites(agent);
    const ballast = join(stateDir, 'ballast');
    // Fails at the end, when the disk is full.
    await run('dd', ['if=/dev/zero', `of=${ballast}`, 'bs=4096']).catch(() => undefined);
    // What is left of the last block of the journal may still take a small record: a write that is journaled is no failure.
    for (let room = 0; room < 20; room++) {
      const failure = await agent.wire.createRoute({ route }).then(
        () => undefined,
        (error: unknown) => error,
      );
      if (failure !== undefined) break;
      await agent.wire.deleteRoute({ key: route });
    }
    await host.namespace.ip('route flush exact 198.19.30.0/24');
    // Both are on that disk, and the audit log is written first.
    await expectNoWrites(agent, /^(AUDIT|JOURNAL)_UNAVAILABLE$/);
    expect((await failureOf(agent.wire.createRoute({ route }))).facts).toMatchObject({ code: 'ENOSPC' });
    rmSync(ballast);
    await expectWrites(agent);
    expect(await agent.stop()).toBe(0);
    const again = await host.startAgent({ library, stateDir });
    await expectWrites(again);
    expect(await again.stop()).toBe(0);
  });

  it('full while a commit is pending: it is undone all the same, and the fence stays until that is written down', async () => {
    const stateDir = await mountDisk();
    const agent = await host.startAgent({ library, stateDir });
    const options = { commitId: 'pending', confirmWithin: { seconds: 2n, nanos: 0 } };
    // So many that what is left of the last block of the journal does not take the record of the rollback.
    const operations = Array.from({ length: 20 }, (_, n) => ({
      operation: { $case: 'create', value: { ...route, destinationPrefix: `198.19.${n + 40}.0/24` } } as const,
    }));
    expect(await agent.wire.applyRoutes({ header: { options }, operations })).toMatchObject({ failure: undefined });
    await run('dd', ['if=/dev/zero', `of=${join(stateDir, 'ballast')}`, 'bs=1']).catch(() => undefined);
    await expect.poll(() => host.namespace.ip('route show root 198.19.32.0/19'), { timeout: 10_000 }).toBe('');
    expect(await failureOf(agent.wire.deleteRoute({ key: existing }))).toMatchObject({ reason: 'COMMIT_PENDING' });
    rmSync(join(stateDir, 'ballast'));
    await expect.poll(async () => (await agent.wire.getAgent()).pendingCommit, { timeout: 20_000, interval: 200 }).toBeUndefined();
    await expectWrites(agent);
    expect(await agent.stop()).toBe(0);
  });

  it('read-only: the agent ends with a clear error, and starts when it is writable again', async () => {
    const stateDir = await mountDisk();
    const agent = await host.startAgent({ library, stateDir });
    await expectWrites(agent);
    // Not while it runs: Linux makes no file system read-only in which a file is open for writing.
    await expect(run('mount', ['-o', 'remount,ro', stateDir])).rejects.toThrow('busy');
    expect(await agent.stop()).toBe(0);

    await run('mount', ['-o', 'remount,ro', stateDir]);
    const refused = await host.startAgent({ library, stateDir }).catch((error: Error) => error);
    expect(String(refused)).toMatch(/ended with 64 .*\n.*the state directory .* cannot be written: .*EROFS.* Remedy: /);
    await run('mount', ['-o', 'remount,rw', stateDir]);
    const again = await host.startAgent({ library, stateDir });
    await expectWrites(again);
    expect(await again.stop()).toBe(0);
  });

  it('removed while the agent runs: no writes, and none lost when it is put back', async () => {
    const stateDir = join(mkdtempSync(join(tmpdir(), 'routefleet-disk-')), 'state');
    cleanup.defer(() => rm(join(stateDir, '..'), { recursive: true }));
    const agent = await host.startAgent({ library, stateDir });
    await expectWrites(agent);
    await rm(stateDir, { recursive: true });
    await expectNoWrites(agent, 'JOURNAL_UNAVAILABLE');
    mkdirSync(stateDir);
    await expectWrites(agent);
    // What was in the old journal is in the new one.
    expect(await agent.stop('SIGKILL')).toBeNull();
    const again = await host.startAgent({ library, stateDir });
    expect((await again.wire.listCommits()).commits).toHaveLength(4);
    expect(await again.stop()).toBe(0);
  });

  it('with a flipped bit: reads, tells, refuses writes, and recovers with --accept-journal-loss', async () => {
    const stateDir = join(mkdtempSync(join(tmpdir(), 'routefleet-disk-')), 'state');
    cleanup.defer(() => rm(join(stateDir, '..'), { recursive: true }));
    const first = await host.startAgent({ library, stateDir });
    await expectWrites(first);
    expect(await first.stop()).toBe(0);
    const journal = join(stateDir, 'journal');
    const bytes = readFileSync(journal);
    const middle = bytes.indexOf('"begin"');
    bytes[middle + 3] = (bytes[middle + 3] ?? 0) ^ 4;
    writeFileSync(journal, bytes);

    const damaged = await host.startAgent({ library, stateDir });
    await expectNoWrites(damaged, 'JOURNAL_DAMAGED');
    const { writeStatus } = await damaged.wire.getAgent();
    expect(writeStatus && reasonOf(writeStatus)).toBe('JOURNAL_DAMAGED');
    expect(writeStatus?.message).toContain(`the journal ${journal} is damaged at line `);
    expect(await damaged.stop()).toBe(0);
    expect(readFileSync(journal)).toEqual(bytes);

    const accepting = await host.startAgent({ library, stateDir, args: ['--accept-journal-loss'] });
    expect((await accepting.wire.getAgent()).writeStatus).toBeUndefined();
    await expectWrites(accepting);
    expect(await accepting.stop()).toBe(0);
    const [aside] = (await readdir(stateDir)).filter((name) => name.startsWith('journal.damaged-'));
    expect(readFileSync(join(stateDir, `${aside}`))).toEqual(bytes);
    const plain = await host.startAgent({ library, stateDir });
    await expectWrites(plain);
    expect(await plain.stop()).toBe(0);
  });

  it('of another agent: the second one ends, also in another namespace, and the first goes on', async () => {
    const stateDir = join(mkdtempSync(join(tmpdir(), 'routefleet-disk-')), 'state');
    cleanup.defer(() => rm(join(stateDir, '..'), { recursive: true }));
    const first = await host.startAgent({ library, stateDir });
    const elsewhere = await createKernelHostElsewhere();
    for (const other of [host, elsewhere]) {
      const second = await other.startAgent({ library, stateDir }).catch((error: Error) => error);
      expect(String(second)).toMatch(/ended with 64 .*\n.*another agent uses the state directory .* Remedy: stop it, or give this one /);
    }
    await expectWrites(first);
    expect(await first.stop('SIGKILL')).toBeNull();
    const next = await host.startAgent({ library, stateDir });
    await expectWrites(next);
    expect(await next.stop()).toBe(0);
  });

  /** An agent of another network namespace, which has its own abstract sockets. */
  async function createKernelHostElsewhere(): Promise<Pick<KernelHost, 'startAgent'>> {
    const namespace = await host.topology.namespace('elsewhere');
    await namespace.ip(`address add ${host.subnet}.2/32 dev lo`);
    return { startAgent: (options) => host.startAgent({ ...options, namespace }) };
  }
});
