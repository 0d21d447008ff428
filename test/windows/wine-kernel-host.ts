import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAgentTls } from '../support/agent-tls.js';
import { createCleanup } from '../support/cleanup.js';
import { createKernelHost, type KernelHost } from '../support/kernel-rig.js';
import { createRegExe, type RegExe } from '../support/reg-exe.js';
import { createWinePrefix, type WinePrefix } from '../support/wine.js';
import { startAgent, type WineAgent } from '../support/wine-agent.js';
import { buildWineRig } from '../support/wine-rig.js';
import { type StagedPackage, stagePackage } from '../support/wine-stage.js';
import type { Wire } from '../support/wire.js';

/** An agent, and a connection to it. */
export interface WineKernelAgent extends Pick<WineAgent, 'log'> {
  readonly wire: Wire;
  readonly stateDir: string;
  stop(): Promise<number | undefined>;
  /** Ends it as a power cut does. */
  kill(): Promise<void>;
}

/** A Windows node.exe whose iphlpapi is the kernel rig as a Windows DLL: it edits the routing table of a namespace. */
export interface WineKernelHost {
  readonly host: KernelHost;
  /** The persistent routes of this Windows. */
  readonly registry: RegExe;
  /** Starts an agent and connects to it; with the state directory of another one it goes on from there. */
  start(ipv4Writes: 'classic' | 'netio', stateDir?: string): Promise<WineKernelAgent>;
  remove(): Promise<void>;
}

/** Sets it all up; what was set up is removed again when a later part fails. */
export async function createWineKernelHost(): Promise<WineKernelHost> {
  const cleanup = createCleanup();
  try {
    const directory = mkdtempSync(join(tmpdir(), 'routefleet-kernel-dll-'));
    cleanup.defer(() => rm(directory, { recursive: true }));
    const rig = await buildWineRig(directory);
    const host = await createKernelHost();
    cleanup.defer(host.remove);
    const staged: StagedPackage = await stagePackage();
    cleanup.defer(staged.remove);
    const prefix: WinePrefix = await createWinePrefix({ namespace: host.namespace.name });
    cleanup.defer(prefix.remove);
    const address = `${host.subnet}.2`;
    const tls = await createAgentTls(directory, address);
    const args = ['--listen', `${address}:0`, '--iphlpapi', rig.library, ...tls.args];
    let agents = 0;
    return {
      host,
      registry: createRegExe((...args) => prefix.run({ program: 'reg', args })),
      async start(ipv4Writes, stateDir = join(directory, `state-${agents++}`)) {
        const own = ['--state-dir', stateDir, '--ipv4-writes', ipv4Writes];
        const agent = await startAgent({ prefix, staged, environment: rig.environment, args: [...args, ...own] });
        const wire = tls.connect(`${address}:${agent.port}`);
        return {
          wire,
          stateDir,
          log: agent.log,
          stop() {
            wire.close();
            return agent.stop();
          },
          kill() {
            wire.close();
            return agent.kill();
          },
        };
      },
      remove: cleanup.run,
    };
  } catch (error) {
    await cleanup.run();
    throw error;
  }
}
