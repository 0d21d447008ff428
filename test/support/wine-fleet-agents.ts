import { rm } from 'node:fs/promises';
import { createCleanup } from './cleanup.js';
import type { AgentKind } from './fleet-agents.js';
import { createTemporaryDirectory } from './temporary.js';
import { createWinePrefix } from './wine.js';
import { startAgent } from './wine-agent.js';
import { buildWineRig } from './wine-rig.js';
import { stagePackage } from './wine-stage.js';

/** Agents in node.exe under Wine, with the rig as a DLL in place of iphlpapi.dll; each namespace has a Windows of its own. */
export async function createWineAgents(): Promise<AgentKind> {
  const cleanup = createCleanup();
  try {
    const directory = await createTemporaryDirectory('wine-rig');
    cleanup.defer(() => rm(directory, { recursive: true }));
    const { library, environment } = await buildWineRig(directory);
    const staged = await stagePackage();
    cleanup.defer(staged.remove);
    const template = await createWinePrefix();
    cleanup.defer(template.remove);
    await template.stop();
    return {
      async place({ name }) {
        const prefix = await createWinePrefix({ namespace: name, template });
        return {
          start: (args) => startAgent({ prefix, staged, environment, args: ['--iphlpapi', library, ...args] }),
          remove: prefix.remove,
        };
      },
      remove: cleanup.run,
    };
  } catch (error) {
    await cleanup.run();
    throw error;
  }
}
