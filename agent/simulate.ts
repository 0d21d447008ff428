import { hostProfile, type ProfileName } from './iphlpapi/simulated/profiles.js';
import { createSimulatedIphlpapi, type SimulatedIphlpapi } from './iphlpapi/simulated/simulated-iphlpapi.js';
import type { Backend } from './start.js';

interface SimulatedHostOptions {
  readonly profile: ProfileName;
  /** Default: the name of the profile. */
  readonly simulateHostName?: string | undefined;
  /** 1 to 65000: makes addresses and GUIDs differ between hosts of one profile. */
  readonly simulateHostNumber: number;
}

/** A Windows host in memory. */
export function simulateHost({
  profile,
  simulateHostName: hostName = profile,
  simulateHostNumber: hostNumber,
}: SimulatedHostOptions): Backend & { readonly iphlpapi: SimulatedIphlpapi } {
  const host = hostProfile(profile, { hostName, hostNumber });
  return {
    iphlpapi: createSimulatedIphlpapi({ host }),
    identity: { hostName, os: host.operatingSystem, engine: 'simulated' },
  };
}
