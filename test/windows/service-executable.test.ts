import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createCleanup } from '../support/cleanup.js';
import { missingForPackaging } from '../support/packaging.js';
import { missingForWine } from '../support/wine.js';
import { stageExecutables } from '../support/wine-executables.js';
import type { AgentCommand } from '../support/wine-service.js';
import type { StagedPrograms } from '../support/wine-stage.js';
import { describeServiceLife } from './service-life.js';

const missing = missingForPackaging() ?? missingForWine({ namespaces: true });

describe.skipIf(missing !== undefined)(`the service under Wine${missing === undefined ? '' : ` (skipped, missing: ${missing})`}`, () => {
  const cleanup = createCleanup();
  afterAll(cleanup.run);

  let staged: StagedPrograms;
  const prepare = async (): Promise<AgentCommand> => {
    staged = await stageExecutables();
    cleanup.defer(staged.remove);
    const [program, ...args] = staged.command('routefleet-agent');
    return { program, args };
  };
  describeServiceLife('routefleet-agent.exe', prepare, (scene) => {
    it.each([
      ['its directory', '.'],
      ['the executable', 'routefleet-agent.exe'],
      ['the directory of its native module', 'native'],
    ])('does not start when others may write %s, and says what to do', async (_what, file) => {
      const path = join(staged.directory, file);
      expect((await scene().agent('service', 'install')).exitCode).toBe(0);
      await chmod(path, 0o777);
      const start = await scene().agent('service', 'start');
      await chmod(path, 0o700);
      expect(start).toMatchObject({ exitCode: 1, stdout: expect.stringContaining('failed with exit code 64') });
      const { id, text } = scene().events().at(-1) ?? {};
      expect({ id, text }).toEqual({ id: 102, text: expect.stringMatching(/^Everyone \(S-1-1-0\) may change Z:\\\\.*icacls/) });
      expect((await scene().agent('service', 'uninstall')).exitCode).toBe(0);
    });
  });
});
