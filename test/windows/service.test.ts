import { spawnSync } from 'node:child_process';
import { copyFile, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { createCleanup } from '../support/cleanup.js';
import { missingForWine } from '../support/wine.js';
import type { AgentCommand } from '../support/wine-service.js';
import { type StagedPackage, stagePackage } from '../support/wine-stage.js';
import { describeServiceLife } from './service-life.js';

const missing = missingForWine({ namespaces: true });

describe.skipIf(missing !== undefined)(`the service under Wine${missing === undefined ? '' : ` (skipped, missing: ${missing})`}`, () => {
  const cleanup = createCleanup();
  afterAll(cleanup.run);

  let staged: StagedPackage;
  const prepare = async (): Promise<AgentCommand> => {
    staged = await stagePackage();
    cleanup.defer(staged.remove);
    return { program: staged.node, args: [staged.bin('routefleet-agent')] };
  };
  describeServiceLife('node.exe and the script', prepare, (scene) => {
    it('ends at once when something goes wrong that nobody foresaw, though a thread of it is with Windows', async () => {
      const script = join(staged.directory, 'crashing-service.mjs');
      await copyFile('test/windows/crashing-service.mjs', script);
      expect(await scene().windows(staged.node, script, 'install')).toMatchObject({ exitCode: 0 });
      const start = await scene().agent('service', 'start');
      expect(start).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/running \(process \d+\)/) });
      await vi.waitFor(async () => {
        expect(await readFile(join(scene().directory, '../../crashed.txt'), 'utf8')).toBe('unexpected: the agent ends\ncrashed\n');
        // Wine would go on calling it running.
        expect(spawnSync('pgrep', ['-f', `${basename(staged.directory)}.*crashing-service.*run`]).status).toBe(1);
      }, 30_000);
    });
  });
});
