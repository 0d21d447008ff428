import type { RouteFailure } from '../errors/route-error.js';
import type { Commit } from './commit.js';
import type { Route, UnknownName } from './route.js';
import type { RouteSpec } from './route-spec.js';

/** What moves the rows: the real library, or an imitation in memory that changes no real table. */
export type Engine = 'iphlpapi' | 'simulated' | UnknownName;

/** Which Windows functions a write goes through: CreateIpForwardEntry and its siblings, or those whose names end in 2. */
export type WriteFunctions = 'classic' | 'netio' | UnknownName;

/** What happens to a commit when one of its operations fails. */
export type Atomicity = 'allOrNothing' | 'continueOnError' | UnknownName;

/** What an agent can do on its host. */
export interface AgentCapabilities {
  /** Routes of IPv6 can be read and written. */
  readonly ipv6: boolean;
  /** Changes outside the agent are noticed at once, not by polling. */
  readonly notifications: boolean;
  /** Interface metrics can be read. */
  readonly interfaceMetrics: boolean;
  /** Undefined: IPv4 can only be read. */
  readonly ipv4Writes?: WriteFunctions | undefined;
  /** Undefined: IPv6 can only be read, if at all. */
  readonly ipv6Writes?: WriteFunctions | undefined;
  /** Empty: no change of several rows at once. */
  readonly atomicity: readonly Atomicity[];
  /** A write can be undone unless confirmed. */
  readonly confirmedCommit: boolean;
  /** The agent may change routes. Reads work without. */
  readonly elevated: boolean;
  /** Windows functions that the host lacks, sorted. */
  readonly missingFunctions: readonly string[];
  /** The host has a registry: `Route.inRegistry` is told, and `alsoRegistry` is taken. */
  readonly registry: boolean;
}

/** A persistent row that is not as desired. */
export interface Drift {
  readonly owner: string;
  readonly desired: RouteSpec;
  /** The row as it is. Undefined: missing. */
  readonly observed?: Route | undefined;
  /** Why the agent does not repair it, such as DRIFT_REPORT_ONLY. Undefined: it will. */
  readonly reason?: string | undefined;
}

/** An agent and its host. */
export interface AgentInfo {
  /** As the host calls itself. */
  readonly hostName: string;
  /** "Windows 10.0.20348" */
  readonly os: string;
  readonly agentVersion: string;
  /** Identity of this run of the agent; revisions compare within one only. */
  readonly bootId: string;
  readonly engine: Engine;
  /** "iphlpapi.dll" */
  readonly library: string;
  readonly capabilities: AgentCapabilities;
  readonly limits: {
    /** Size of one request, in bytes. */
    readonly maxMessageBytes: number;
    /** Operations or desired routes of one change, whatever they come to. */
    readonly maxOperations: number;
    /** Steps of one commit; a row that is as asked already needs none. */
    readonly maxSteps: number;
  };
  /** Revision of the table as last read. */
  readonly revision: bigint;
  /** When this run of the agent began, by the host's clock. */
  readonly startTime?: Date | undefined;
  /** The commit that waits for confirmation, or whose rollback failed; until it is settled every other write is refused. Undefined: none. */
  readonly pendingCommit?: Commit | undefined;
  /** Persistent rows that are not as desired. */
  readonly drift: readonly Drift[];
  /** Why every write is refused, such as a damaged journal. Undefined: writes are taken. */
  readonly writeStatus?: RouteFailure | undefined;
}
