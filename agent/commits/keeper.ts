import type { Logger } from 'pino';
import type { ErrorReason } from '../../proto/reasons.js';
import { keyText } from '../routes/route.js';
import type { ObservedTable } from '../watch/observed-table.js';
import { agentCaller, type CommitOptions, type Operation } from './change.js';
import type { Receipt } from './commit.js';
import { type Drift, type DriftReport, findDrift, repairOf } from './drift.js';
import type { CommitEngine } from './engine.js';
import { toFailure } from './failure.js';
import { groupBy } from './group-by.js';
import { createRepairBudget } from './repair-budget.js';
import { readTable } from './table-reading.js';

/** A burst of events is answered by one look at the table. */
const settleMs = 100;

/** How soon to look again while a commit keeps repairs waiting, whose end nothing tells of. */
const pendingMs = 1000;

/** What the keeper works with. */
export interface KeeperOptions {
  readonly table: ObservedTable;
  readonly engine: CommitEngine;
  readonly log: Logger;
  /** How often it looks without being told of changes, in ms. */
  readonly intervalMs: number;
  /** Monotonic, in ms. */
  now(): number;
}

/** Keeps the persistent rows as desired: after a restart, a reboot, the return of an interface, the changes of other programs. */
export class Keeper {
  readonly #options: KeeperOptions;
  readonly #budget = createRepairBudget();
  readonly #closed = new AbortController();
  #drift: readonly DriftReport[] = [];
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;
  #changed = false;

  constructor(options: KeeperOptions) {
    this.#options = options;
  }

  /** Persistent rows that are not as desired, as last seen. */
  get drift(): readonly DriftReport[] {
    return this.#drift;
  }

  /** Forgets rows that went while the agent did not run and that nobody wants kept, repairs the others, and goes on looking. */
  async start(): Promise<void> {
    await this.#attempt(() => this.#forgetLost());
    await this.look();
  }

  /** Something changed: looks soon. In a storm the first event sets the time, so that the last need not come. */
  notice(): void {
    if (this.#changed) return;
    this.#changed = true;
    if (this.#looking === undefined) this.#schedule(settleMs);
  }

  /** Looks at the table now, and repairs. */
  async look(): Promise<void> {
    if (this.#looking !== undefined) {
      this.#changed = true;
      return this.#looking;
    }
    this.#changed = false;
    this.#looking = this.#attempt(() => this.#compare());
    await this.#looking;
    this.#looking = undefined;
    const waits = this.#drift.some(({ reason }) => reason === 'COMMIT_PENDING');
    this.#schedule(this.#changed ? settleMs : waits ? pendingMs : this.#options.intervalMs);
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    this.#closed.abort();
    await this.#looking;
  }

  #schedule(delayMs: number): void {
    clearTimeout(this.#timer);
    if (!this.#closed.signal.aborted) this.#timer = setTimeout(() => void this.look(), delayMs).unref();
  }

  async #attempt(job: () => Promise<void>): Promise<void> {
    try {
      await job();
    } catch (error) {
      this.#options.log.error({ failure: toFailure(error) }, 'the persistent routes could not be looked at');
    }
  }

  async #forgetLost(): Promise<void> {
    const passing = this.#receipts().filter(({ persistent }) => !persistent);
    if (passing.length === 0) return;
    const { routes } = await readTable(this.#options.table);
    const lost = passing.filter(({ desired }) => !routes.has(keyText(desired)));
    for (const [owner, receipts] of groupBy(lost, ({ owner }) => owner)) {
      const operations = receipts.map(({ desired }): Operation => ({ action: 'forget', key: desired }));
      await this.#write(owner, operations, 'gone while the agent did not run');
    }
  }

  async #compare(): Promise<void> {
    if (!this.#receipts().some(({ persistent }) => persistent)) {
      this.#drift = [];
      return;
    }
    const found = findDrift(this.#receipts(), await readTable(this.#options.table));
    const reports: DriftReport[] = [];
    for (const [owner, drift] of groupBy(found, ({ receipt }) => receipt.owner)) {
      reports.push(...(await this.#repair(owner, drift)));
    }
    this.#drift = reports;
  }

  /** @returns what is still out of line, and why */
  async #repair(owner: string, drift: readonly Drift[]): Promise<DriftReport[]> {
    const reports = drift.map((one) => ({ ...one, reason: this.#obstacle(one, owner) }));
    const repairable = reports.filter(({ reason }) => reason === undefined);
    const left = reports.filter(({ reason }) => reason !== undefined);
    if (repairable.length === 0) return left;
    try {
      await this.#write(owner, repairable.flatMap(repairOf), 'put back');
    } catch (error) {
      const { reason } = toFailure(error);
      return [...left, ...repairable.map((one) => ({ ...one, reason }))];
    }
    const still = findDrift(this.#receipts(), await readTable(this.#options.table)).filter(({ receipt }) => receipt.owner === owner);
    return still.map((one) => ({ ...one, reason: left.find(({ receipt }) => receipt === one.receipt)?.reason }));
  }

  #obstacle({ receipt, key }: Drift, owner: string): ErrorReason | undefined {
    const { engine, now } = this.#options;
    if (engine.driftPolicyOf(owner) === 'report') return 'DRIFT_REPORT_ONLY';
    if (key === undefined) return 'INTERFACE_NOT_FOUND';
    if (engine.unsettled !== undefined) return 'COMMIT_PENDING';
    return this.#budget.spend(receipt, now()) ? undefined : 'REPAIR_BUDGET_EXHAUSTED';
  }

  async #write(owner: string, operations: readonly Operation[], comment: string): Promise<void> {
    const { engine, log } = this.#options;
    const { commit } = await engine.apply({ operations, owner, atomicity: 'continue-on-error' }, repairOptions(comment), agentCaller, {
      signal: this.#closed.signal,
    });
    log.warn({ owner, commit: commit?.record.id, rows: operations.length }, comment);
  }

  #receipts(): Receipt[] {
    return [...this.#options.engine.receipts.values()];
  }
}

/** Whoever made a row persistent took on its risks. */
function repairOptions(comment: string): CommitOptions {
  return {
    requestId: '',
    contentHash: '',
    validateOnly: false,
    comment,
    confirmWithinMs: undefined,
    commitId: '',
    requireFreshConnection: false,
    acceptedRisks: new Set(['management-path', 'default-route', 'other-owner']),
    probes: [],
    expectedRevision: undefined,
    planToken: '',
    destinations: [],
  };
}
