import { describeRollouts } from '../kernel/rollout-stories.js';
import { createKernelFleet, type KernelFleet } from '../support/kernel-fleet.js';
import { missingForKernelRig } from '../support/kernel-rig.js';
import { missingForWine } from '../support/wine.js';
import { createWineAgents } from '../support/wine-fleet-agents.js';

/** The canary, and a host that is killed before it is confirmed. */
const onWindows = ['host-1', 'host-3'];

async function create(): Promise<KernelFleet> {
  const agents = await createWineAgents();
  try {
    const fleet = await createKernelFleet({ hosts: 8, others: { names: onWindows, agents } });
    return {
      ...fleet,
      async remove() {
        await fleet.remove();
        await agents.remove();
      },
    };
  } catch (error) {
    await agents.remove();
    throw error;
  }
}

describeRollouts({
  name: 'eight hosts with kernel tables, two of them node.exe under Wine',
  missing: missingForWine({ namespaces: true }) ?? missingForKernelRig(),
  create,
});
