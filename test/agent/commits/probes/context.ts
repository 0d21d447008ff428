import type { Probe } from '../../../../agent/commits/probes/probe.js';
import type { ProbeContext } from '../../../../agent/commits/probes/run-probes.js';
import { runProbes } from '../../../../agent/commits/probes/run-probes.js';
import { createNetioTable } from '../../../../agent/iphlpapi/netio-table.js';
import { hostProfile, type ProfileName } from '../../../../agent/iphlpapi/simulated/profiles.js';
import { createSimulatedIphlpapi, type SimulatedIphlpapi } from '../../../../agent/iphlpapi/simulated/simulated-iphlpapi.js';

/** A simulated host that can be probed. */
export interface ProbedHost extends ProbeContext {
  readonly control: SimulatedIphlpapi['control'];
}

/** A host of a profile. */
export function probedHost(profile: ProfileName): ProbedHost {
  const iphlpapi = createSimulatedIphlpapi({ host: hostProfile(profile) });
  return { table: createNetioTable(iphlpapi, false), control: iphlpapi.control };
}

/** The message of a single probe: empty when it passed. */
export async function messageOf(probe: Probe, context: ProbeContext): Promise<string> {
  const [finding] = await runProbes([probe], context);
  if (finding === undefined || finding.passed !== (finding.message === '')) throw new Error(`odd finding: ${JSON.stringify(finding)}`);
  return finding.message;
}
