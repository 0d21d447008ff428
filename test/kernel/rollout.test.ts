import { createKernelFleet } from '../support/kernel-fleet.js';
import { missingForKernelRig } from '../support/kernel-rig.js';
import { describeRollouts } from './rollout-stories.js';

describeRollouts({
  name: 'eight hosts with kernel tables',
  missing: missingForKernelRig(),
  create: () => createKernelFleet({ hosts: 8 }),
});
