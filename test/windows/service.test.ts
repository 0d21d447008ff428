import { afterAll, describe } from 'vitest';
import { createCleanup } from '../support/cleanup.js';
import { missingForWine } from '../support/wine.js';
import { stagePackage } from '../support/wine-stage.js';
import { describeServiceLife } from './service-life.js';

const missing = missingForWine({ namespaces: true });

describe.skipIf(missing !== undefined)(`the service under Wine${missing === undefined ? '' : ` (skipped, missing: ${missing})`}`, () => {
  const cleanup = createCleanup();
  afterAll(cleanup.run);

  describeServiceLife('node.exe and the script', async () => {
    const staged = await stagePackage();
    cleanup.defer(staged.remove);
    return { program: staged.node, args: [staged.bin('routefleet-agent')] };
  });
});
