import { setMaxListeners } from 'node:events';
import type { Address } from '../../proto/address.js';
import { agentStopping, RouteTableError } from '../routes/errors.js';
import { keyText, type RouteKey } from '../routes/route.js';
import { connectedTo } from './best-route-change.js';
import { carryOut } from './carry-out.js';
import type { Caller, Change, CommitOptions } from './change.js';
import { checkExpectations, checkOperations, checkSize, hasEffect, type PlannedChange } from './checks.js';
import type { CommitRecord, Receipt } from './commit.js';
import { underEither } from './either-signal.js';
import type { Applied, ApplyEvents, CommitView, EngineOptions } from './engine-options.js';
import { type Failure, toError, toFailure } from './failure.js';
import { checkGrant, checkSettling, requireUnrestricted } from './grant.js';
import { commitNotFound, lastOfRequest, repeatedCommit } from './history.js';
import { isFinal } from './journal/memory.js';
import { newCommit } from './new-commit.js';
import { planNow } from './plan-now.js';
import { rehearseProbes } from './probes/rehearse-probes.js';
import { createRecentReadings } from './recent-readings.js';
import { guard } from './risks.js';
import { rollBack } from './rollback.js';
import { agentRestarted, agentStopped, cancelled, notConfirmed } from './undo-reasons.js';
import {
  notPending,
  refuseBecauseOf,
  remainingMs,
  requireFreshConnection,
  requireUnsettled,
  retryDelayMs,
  type Unsettled,
} from './unsettled.js';
import { createWriteQueue } from './write-queue.js';

/** The only writer of the table: every write is planned, guarded, journaled, applied, read back and, unless it is confirmed, undone. */
export class CommitEngine {
  readonly #options: EngineOptions;
  readonly #queue = createWriteQueue();
  readonly #readings = createRecentReadings();
  readonly #closing = new AbortController();
  #unsettled: Unsettled | undefined;
  #timer: NodeJS.Timeout | undefined;
  #attempts = 0;

  constructor(options: EngineOptions) {
    this.#options = options;
    // Every write that waits for its turn listens; Node.js takes more than ten for a leak and warns.
    setMaxListeners(0, this.#closing.signal);
  }

  /** Undoes what an earlier run of the agent left unsettled. */
  async recover(): Promise<void> {
    const { journal } = this.#options;
    if (journal.damage !== undefined) return;
    for (const record of journal.state.commits.values()) {
      if (isFinal(record.state)) continue;
      await this.#undo(record, (record.state === 'rolling-back' && record.failure) || agentRestarted);
    }
  }

  /** The commit that is neither confirmed nor undone; undefined: none. */
  get unsettled(): CommitView | undefined {
    return this.#unsettled && this.#view(this.#unsettled.record);
  }

  /** Why every write is refused; undefined: writes are taken. */
  async writeFailure(): Promise<Failure | undefined> {
    return this.#options.journal.check().then(() => undefined, toFailure);
  }

  /** By keyText. */
  get receipts(): ReadonlyMap<string, Receipt> {
    return this.#options.journal.state.receipts;
  }

  /** Whose a row is; undefined: nobody's. */
  receiptOf(key: RouteKey): Receipt | undefined {
    // Most hosts have none, and a listing asks for every row.
    return this.receipts.size === 0 ? undefined : this.receipts.get(keyText(key));
  }

  /** What happens to rows of this owner that other programs change. */
  driftPolicyOf(owner: string): 'enforce' | 'report' {
    return this.#options.journal.state.driftPolicies.get(owner) ?? 'enforce';
  }

  /** What a change would do. Writes nothing, and waits for nobody. Its table is kept for a while, to tell what changed since. */
  async plan(change: Change, destinations: readonly Address[] = [], caller?: Caller): Promise<PlannedChange> {
    return (await this.#plan(change, destinations, caller, true)).plan;
  }

  /** Carries a change out. @throws RouteTableError before the first write; what fails later is told by the commit */
  apply(change: Change, options: CommitOptions, caller: Caller, events: ApplyEvents): Promise<Applied> {
    const party = caller.actor || String(caller.peer?.address.bytes);
    return underEither([events.signal, this.#closing.signal], async (signal) => {
      const applied = await this.#queue.run(party, signal, () => this.#applyInTurn(change, options, caller, { ...events, signal }));
      if (!options.validateOnly) return { ...applied, probes: [] };
      // Out of turn: a confirmation must not wait for probes that only look.
      return { ...applied, probes: await rehearseProbes(options.probes, { table: this.#options.table, peer: caller.peer, signal }) };
    });
  }

  /** Lets the pending commit stand. */
  confirm(id: string, caller: Caller): Promise<CommitView> {
    return this.#settle(id, async () => {
      const unsettled = await this.#inTime(id);
      checkSettling(caller, unsettled.record);
      requireFreshConnection(unsettled, caller.connectedAt);
      const record: CommitRecord = { ...unsettled.record, state: 'committed', endTime: new Date() };
      await this.#options.journal.append({ type: 'update', id, state: record.state, endTime: record.endTime });
      this.#release();
      this.#options.log.info({ commit: id, actor: caller.actor }, 'confirmed');
      return this.#view(record);
    });
  }

  /** Undoes the pending commit, or tries again to undo it; with `abandon` what still cannot be undone is given up. */
  cancel(id: string, { abandon }: { readonly abandon: boolean }, caller: Caller): Promise<CommitView> {
    return this.#settle(id, async () => {
      const { record } = this.#named(id);
      checkSettling(caller, record);
      if (abandon) requireUnrestricted(caller.grant, 'give up undoing a commit');
      return this.#view(await this.#undo(record, cancelled(caller.actor), abandon && record.state === 'rollback-failed'));
    });
  }

  /** Restarts the timer of the pending commit. */
  extend(id: string, confirmWithinMs: number, caller: Caller): Promise<CommitView> {
    return this.#settle(id, async () => {
      const unsettled = await this.#inTime(id);
      checkSettling(caller, unsettled.record);
      const record: CommitRecord = { ...unsettled.record, confirmWithinMs };
      this.#await(record, unsettled.appliedAt, confirmWithinMs);
      return this.#view(record);
    });
  }

  /** @throws RouteTableError COMMIT_NOT_FOUND */
  get({ id, requestId }: { readonly id: string; readonly requestId: string }): CommitView {
    const found = id === '' ? lastOfRequest(this.#options.journal.state.commits, requestId) : { id };
    const record = found && this.#record(found.id);
    if (record === undefined) throw commitNotFound(id, requestId);
    return this.#view(record);
  }

  /** The history, newest first. */
  list(): CommitView[] {
    return [...this.#options.journal.state.commits.values()].reverse().map((record) => this.#view(this.#record(record.id) ?? record));
  }

  /** Breaks off what runs, undoes what waits for a confirmation that can no longer come, and closes the journal. */
  async close(): Promise<void> {
    this.#closing.abort(agentStopping());
    await this.#queue.runNext(async () => {
      if (this.#unsettled?.deadline !== undefined) {
        await this.#undo(this.#unsettled.record, agentStopped);
      }
      clearTimeout(this.#timer);
    });
    await this.#options.journal.close();
  }

  async #applyInTurn(change: Change, options: CommitOptions, caller: Caller, events: ApplyEvents): Promise<Omit<Applied, 'probes'>> {
    const repeated = this.#repeatOf(options);
    if (repeated !== undefined) return { plan: undefined, commit: this.#view(repeated) };
    if (!options.validateOnly) this.#refuseWrites(options.commitId);
    const { plan, reading } = await this.#plan(change, options.destinations, caller, options.validateOnly);
    checkGrant(caller.grant, change, options, plan, reading);
    checkExpectations(plan, options);
    checkOperations(plan, change);
    checkSize(plan);
    guard(plan.risks, options);
    events.onPlanned?.(plan);
    const { driftPolicies } = this.#options.journal.state;
    if (options.validateOnly || !hasEffect(plan, change, driftPolicies.get(change.owner))) return { plan, commit: undefined };
    return { plan, commit: this.#view(await this.#commit(change, options, caller, events, plan)) };
  }

  /** Plans that are shown are kept; those that are only written would push them out. */
  async #plan(change: Change, destinations: readonly Address[], caller: Caller | undefined, shown: boolean): ReturnType<typeof planNow> {
    const context = { ...this.#options, receipts: this.receipts, readings: this.#readings };
    const planned = await planNow(context, change, { controllers: connectedTo(this.#options.controllers(), caller), destinations });
    if (shown) this.#readings.keep(planned.reading);
    return planned;
  }

  async #commit(change: Change, options: CommitOptions, caller: Caller, events: ApplyEvents, plan: PlannedChange): Promise<CommitRecord> {
    const { boot, journal } = this.#options;
    const record = newCommit({ change, options, caller, plan, boot, driftPolicyBefore: journal.state.driftPolicies.get(change.owner) });
    const { commit, broken } = await carryOut(this.#options, record, change, options, caller, events);
    if (broken !== undefined) return this.#undo(commit, broken);
    if (commit.state === 'pending') this.#await(commit, this.#options.now(), commit.confirmWithinMs ?? 0);
    return commit;
  }

  /** Holds the fence until the commit is confirmed or its time is over. */
  #await(record: CommitRecord, appliedAt: number, confirmWithinMs: number): void {
    this.#unsettled = { record, appliedAt, deadline: this.#options.now() + confirmWithinMs };
    this.#schedule(confirmWithinMs, () => this.#expire());
  }

  async #expire(): Promise<void> {
    const unsettled = this.#unsettled;
    if (unsettled?.deadline === undefined) return;
    const early = unsettled.deadline - this.#options.now();
    if (early > 0) {
      // Timers of Node.js may fire up to a millisecond before their time, https://github.com/nodejs/node/issues/26578
      this.#schedule(early, () => this.#expire());
      return;
    }
    await this.#undo(unsettled.record, notConfirmed(unsettled.record.confirmWithinMs ?? 0));
  }

  async #undo(record: CommitRecord, why: Failure, abandon = false): Promise<CommitRecord> {
    this.#unsettled = { record: { ...record, state: 'rolling-back', failure: why }, deadline: undefined, appliedAt: 0 };
    clearTimeout(this.#timer);
    const undone = await rollBack(this.#options, record, why, abandon);
    if (undone.state === 'rolled-back') {
      this.#release();
      return undone;
    }
    this.#unsettled = { record: undone, deadline: undefined, appliedAt: 0 };
    this.#attempts += 1;
    this.#schedule(retryDelayMs(this.#attempts), async () => {
      if (this.#unsettled?.record.id === record.id) await this.#undo(record, why);
    });
    return undone;
  }

  #release(): void {
    clearTimeout(this.#timer);
    this.#unsettled = undefined;
    this.#attempts = 0;
  }

  /** A timer that does not keep the process, and whose work takes its turn in the queue. */
  #schedule(delayMs: number, job: () => Promise<void>): void {
    clearTimeout(this.#timer);
    if (this.#closing.signal.aborted) return;
    this.#timer = setTimeout(() => {
      this.#queue.runNext(job).catch((error: unknown) => this.#options.log.error({ err: error }, 'a timed rollback failed unexpectedly'));
    }, delayMs).unref();
  }

  #refuseWrites(commitId: string): void {
    const { journal, now } = this.#options;
    this.#closing.signal.throwIfAborted();
    if (journal.damage !== undefined) throw toError(journal.damage);
    if (this.#unsettled !== undefined) throw refuseBecauseOf(this.#unsettled, now());
    if (commitId === '' || !journal.state.commits.has(commitId)) return;
    throw new RouteTableError('COMMIT_EXISTS', `there is a commit "${commitId}" already`, {
      remedy: 'choose an id that was not used before',
    });
  }

  #repeatOf(options: CommitOptions): CommitRecord | undefined {
    const known = options.validateOnly ? undefined : repeatedCommit(this.#options.journal.state.commits, options);
    return known && this.#record(known.id);
  }

  /** What is unsettled may be further than the journal, which may have failed. */
  #record(id: string): CommitRecord | undefined {
    return this.#unsettled?.record.id === id ? this.#unsettled.record : this.#options.journal.state.commits.get(id);
  }

  #view(record: CommitRecord): CommitView {
    const held = this.#unsettled?.record.id === record.id ? this.#unsettled : undefined;
    return { record, remainingMs: held && remainingMs(held, this.#options.now()) };
  }

  /** Runs before all that wait. What is settled, or not known, is refused at once: also while a large change is carried out. */
  async #settle(id: string, job: () => Promise<CommitView>): Promise<CommitView> {
    const record = this.#record(id);
    if (record === undefined || isFinal(record.state)) this.#named(id);
    return this.#queue.runNext(job);
  }

  /** The pending commit while it can still be confirmed. The timer may be late; the clock is not. */
  async #inTime(id: string): Promise<Unsettled> {
    const unsettled = this.#named(id);
    if (unsettled.deadline === undefined) throw notPending(`commit "${id}" is being undone`);
    if (this.#options.now() < unsettled.deadline) return unsettled;
    await this.#expire();
    throw notPending(`commit "${id}" was not confirmed in time, and is undone`);
  }

  #named(id: string): Unsettled {
    return requireUnsettled(this.#unsettled, id, this.#record(id));
  }
}
