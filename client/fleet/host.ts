import type { TlsFiles } from '../transport/tls-files.js';

/** TLS of one host: files, and optionally the name that the agent's certificate must hold. */
export interface HostTls extends TlsFiles {
  readonly serverName?: string | undefined;
}

/** A host of a fleet, with everything that defaults and groups say about it. */
export interface Host {
  /** Name in the inventory. */
  readonly name: string;
  /** "10.0.0.2:7420" */
  readonly address: string;
  /** In the order of the inventory. */
  readonly groups: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  /** Time for each call. Absent: the inventory says nothing about it. */
  readonly timeoutMs?: number | undefined;
  /** Absent: the inventory says nothing about TLS. */
  readonly tls?: HostTls | undefined;
}
