import type { ProbeResult } from '../commit.js';
import { judgeProbes } from './judge-probes.js';
import type { Probe } from './probe.js';
import { type ProbeContext, runProbes } from './run-probes.js';

/** What the probes find as the host is, without a change that they would be of. */
export async function rehearseProbes(probes: readonly Probe[], context: ProbeContext): Promise<readonly ProbeResult[]> {
  return judgeProbes(await runProbes(probes, context), undefined).results;
}
