/** Starts the agent under Wine as an executable and as node.exe with a script, in turn, and prints what each start took as JSON. */
import { readFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { connect } from '../../client/index.js';
import { createCleanup } from '../support/cleanup.js';
import { createWinePrefix } from '../support/wine.js';
import { startAgent } from '../support/wine-agent.js';
import { stageExecutables } from '../support/wine-executables.js';
import { type StagedPrograms, stagePackage } from '../support/wine-stage.js';

/** One start. */
export interface Start {
  readonly ms: number;
  /** The most that was resident until the first answer. */
  readonly mebibytes: number;
}

const cleanup = createCleanup();
try {
  const prefix = await createWinePrefix();
  cleanup.defer(prefix.remove);

  const measure = async (staged: StagedPrograms): Promise<Start> => {
    const state = await mkdtemp(join(staged.directory, 'state-'));
    const args = ['--insecure', '--listen', '127.0.0.1:0', '--state-dir', state];
    const begun = performance.now();
    const agent = await startAgent({ prefix, staged, args });
    const client = connect({ address: `127.0.0.1:${agent.port}`, insecure: true });
    try {
      await client.getAgent();
      const ms = performance.now() - begun;
      const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${agent.pid}/status`, 'utf8')) ?? [];
      return { ms, mebibytes: Number(kibibytes) / 1024 };
    } finally {
      client.close();
      await agent.stop();
    }
  };

  const [executable, script] = [await stageExecutables(), await stagePackage()];
  cleanup.defer(executable.remove);
  cleanup.defer(script.remove);
  const pairs: { readonly executable: Start; readonly script: Start }[] = [];
  for (let round = 0; round <= Number(process.argv[2]); round++) {
    const pair = { executable: await measure(executable), script: await measure(script) };
    // The first one reads the files from the disk.
    if (round > 0) pairs.push(pair);
  }
  console.log(JSON.stringify(pairs));
} finally {
  await cleanup.run();
}
