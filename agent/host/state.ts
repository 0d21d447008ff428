import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { type AuditEntry, type AuditLog, type AuditMode, noAudit } from '../audit/audit.js';
import { createAuditedJournal } from '../audit/audited-journal.js';
import { FileAuditLog } from '../audit/file-audit-log.js';
import { witnessedAudit } from '../audit/witnessed-audit.js';
import type { Journal } from '../commits/journal/journal.js';
import { openJournal } from '../commits/journal/open-journal.js';
import { acquireSingleInstance } from './single-instance.js';
import { defaultStateDirectory, prepareStateDirectory } from './state-directory.js';

/** Where the agent keeps its memory. */
export interface StateOptions {
  /** Undefined: the usual place; for a simulated host a temporary directory, which goes with the agent. */
  readonly stateDir?: string | undefined;
  readonly acceptJournalLoss: boolean;
  readonly audit: AuditMode;
  readonly simulated: boolean;
  /** Told of everything that the audit log is told; also where there is none. */
  readonly witness?: ((entry: AuditEntry) => void) | undefined;
}

/** The memory of the agent, which no other agent uses meanwhile. */
export interface AgentState {
  readonly directory: string;
  /** Its commits are told to the audit log. */
  readonly journal: Journal;
  readonly audit: AuditLog;
  /** Closes the audit log, and gives the directory back; the journal is closed by whoever wrote it. */
  release(): Promise<void>;
}

/** @throws ConfigError when the directory cannot be used, or another agent uses it */
export async function openState(
  { stateDir, acceptJournalLoss, audit: mode, simulated, witness }: StateOptions,
  log: Logger,
): Promise<AgentState> {
  const temporary = stateDir === undefined && simulated;
  const path = temporary ? await mkdtemp(join(tmpdir(), 'routefleet-agent-')) : (stateDir ?? defaultStateDirectory());
  const directory = await prepareStateDirectory(path);
  const instance = await acquireSingleInstance(directory);
  const kept = mode === 'off' ? noAudit : new FileAuditLog({ stateDirectory: directory, log });
  const audit = witness === undefined ? kept : witnessedAudit(kept, witness);
  const release = async (): Promise<void> => {
    await audit.close();
    await instance.release();
    if (temporary) await rm(directory, { recursive: true, force: true });
  };
  try {
    const journal = await openJournal({ directory, acceptLoss: acceptJournalLoss, log });
    return { directory, journal: createAuditedJournal(journal, audit, mode, log), audit, release };
  } catch (error) {
    await release();
    throw error;
  }
}
