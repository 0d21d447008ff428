import type { Logger } from 'pino';
import type { CommitEngine } from '../commits/engine.js';
import type { Keeper } from '../commits/keeper.js';
import type { ObservedTable } from '../watch/observed-table.js';
import type { TableObserver } from '../watch/table-observer.js';
import type { CallAudit } from './call-audit.js';
import type { HeldOperations } from './held-operations.js';

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
  readonly table: ObservedTable;
  readonly engine: CommitEngine;
  readonly keeper: Keeper;
  readonly observer: TableObserver;
  readonly identity: AgentIdentity;
  readonly limits: { readonly maxMessageBytes: number; readonly maxOperations: number; readonly maxSteps: number };
  readonly heldOperations: HeldOperations;
  readonly log: Logger;
  readonly callAudit: CallAudit;
  isElevated(): boolean;
}
