import type { AgentInfo } from '../model/agent-info.js';
import type { Host, HostTls } from './host.js';
import { checkTlsFiles, type Finding, type TlsCheckOptions, type TlsReport } from './inventory-tls.js';

export type { Finding } from './inventory-tls.js';

/** What was found about one host. */
export interface HostCheck extends TlsReport {
  readonly host: Host;
}

/** How hosts are checked. */
export interface InventoryCheckOptions extends TlsCheckOptions {
  /** TLS is not used, and not checked. */
  readonly insecure: boolean;
}

/** Checks the TLS files of every host, each set once however many hosts use it. Nothing is connected to. */
export async function checkHosts(hosts: readonly Host[], { insecure, ...options }: InventoryCheckOptions): Promise<HostCheck[]> {
  const known = new Map<string, Promise<TlsReport>>();

  function reportOf({ ca, certificate, key }: HostTls): Promise<TlsReport> {
    const id = JSON.stringify([ca, certificate, key]);
    const report = known.get(id) ?? checkTlsFiles({ ca, certificate, key }, options);
    known.set(id, report);
    return report;
  }

  const checks: HostCheck[] = [];
  // One set after the other: thousands of open files are too many.
  for (const host of hosts) {
    if (insecure) checks.push({ host, usable: true, findings: [] });
    else checks.push({ host, ...(host.tls === undefined ? noTls : await reportOf(host.tls)) });
  }
  return checks;
}

const noTls: TlsReport = {
  usable: false,
  findings: [
    {
      message: 'there are no CA, certificate and key',
      remedy: 'give ca, certificate and key in defaults.tls, the tls of a group or the tls of the host',
    },
  ],
};

/** What shows only when agents have answered: one agent under two names would be written to twice. */
export function findSameAgents(agents: ReadonlyMap<Host, Pick<AgentInfo, 'bootId' | 'hostName'>>): Map<Host, Finding> {
  const first = new Map<string, Host>();
  const findings = new Map<Host, Finding>();
  for (const [host, { bootId, hostName }] of agents) {
    const other = first.get(bootId);
    if (other === undefined) {
      first.set(bootId, host);
      continue;
    }
    findings.set(host, {
      message: `${host.address} and ${other.address} (${other.name}) are the same agent, of ${hostName}`,
      remedy: 'give every agent once',
    });
  }
  return findings;
}
