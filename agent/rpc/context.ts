import type { Logger } from 'pino';
import type { CommitEngine } from '../commits/engine.js';
import type { Keeper } from '../commits/keeper.js';
import type { TableRevision } from '../routes/revision.js';
import type { RouteTable } from '../routes/route-table.js';

/** What the agent tells of itself. */
export interface AgentIdentity {
  readonly hostName: string;
  /** "Windows 10.0.20348" */
  readonly os: string;
  readonly version: string;
  /** New for every run. */
  readonly bootId: string;
  readonly engine: 'iphlpapi' | 'simulated';
  readonly library: string;
  readonly startTime: Date;
}

/** What handlers work with. */
export interface HandlerContext {
  readonly table: RouteTable;
  readonly engine: CommitEngine;
  readonly keeper: Keeper;
  readonly revision: TableRevision;
  readonly identity: AgentIdentity;
  readonly limits: { readonly maxMessageBytes: number; readonly maxOperations: number };
  readonly log: Logger;
  isElevated(): boolean;
}
