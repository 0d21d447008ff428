import type { Clock } from './clock.js';
import { decide, type WantedWork } from './decide.js';
import type { Gate } from './gate.js';
import type { HostWork } from './host-work.js';
import { reduce } from './reduce.js';
import type { RolloutEvent, RolloutRequest } from './rollout-event.js';
import type { RolloutState } from './rollout-state.js';

/** The place where events are kept, as the runner needs it. */
export interface EventJournal {
  /** Resolves when the event is on disk. */
  append(event: RolloutEvent): Promise<void>;
}

/** What people ask of a running rollout from elsewhere. */
export interface RequestInbox {
  /** Calls `take` for each request until the function that comes back is called. */
  watch(take: (request: RolloutRequest) => Promise<void>): () => Promise<void>;
}

/** What a rollout is run with. */
export interface RunnerOptions {
  /** Where it stands; an event "takenOver" stands in the journal already when hosts were in flight. */
  readonly state: RolloutState;
  readonly journal: EventJournal;
  readonly clock: Clock;
  readonly work: HostWork;
  /** Asked before each further wave. */
  readonly gate: Gate;
  /** Default: none. */
  readonly inbox?: RequestInbox | undefined;
  /** Aborted: begin no host any more, and return when those in flight have ended. */
  readonly signal?: AbortSignal | undefined;
  /** Told every event once it is on disk, with the state that it led to. */
  readonly onEvent?: ((event: RolloutEvent, state: RolloutState) => void) | undefined;
}

/** Leaves out what the union of events has in common. */
type WithoutTime<Event> = Event extends unknown ? Omit<Event, 'at'> : never;

interface Running {
  readonly controller: AbortController;
}

/**
 * Drives a rollout until it ended, or until `signal` lets it rest. Every event is in the journal before anything is done about it.
 *
 * @returns where it stands
 * @throws what the journal or the work on a host throws; hosts in flight are cancelled then
 */
export async function runRollout(options: RunnerOptions): Promise<RolloutState> {
  const { journal, clock, work, gate, inbox, signal = new AbortController().signal, onEvent } = options;
  let state = options.state;
  const running = new Map<string, Running>();
  const works = new Set<Promise<void>>();
  let asked: AbortController | undefined;
  const inFlightBefore = new Set(decide(state).work.map(({ host }) => host));
  let failure: { readonly error: unknown } | undefined;
  let wake = new AbortController();
  let turn: Promise<unknown> = Promise.resolve();

  /** One event after the other: each is judged by the state that the one before it led to. */
  function dispatch(event: WithoutTime<RolloutEvent>): Promise<void> {
    const taken = turn.then(async () => {
      if (failure !== undefined) throw failure.error;
      const timed: RolloutEvent = { ...event, at: clock.now() };
      const next = reduce(state, timed);
      if (next === state) return;
      await journal.append(timed);
      state = next;
      onEvent?.(timed, state);
      wake.abort();
    });
    turn = taken.catch(fail);
    return taken;
  }

  function fail(error: unknown): void {
    failure ??= { error };
    wake.abort();
  }

  function launch({ host, kind }: WantedWork): void {
    const own: Running = { controller: new AbortController() };
    running.set(host, own);
    const { signal: cancelled } = own.controller;
    const resumed = inFlightBefore.delete(host);
    /** The host may have been given up meanwhile, and be worked on anew. */
    const isCurrent = () => running.get(host) === own;

    async function run(): Promise<void> {
      if (kind === 'undo') {
        const report = await work.undo(host, state.hosts.get(host)?.undoAttempts ?? 1, { signal: cancelled, resumed });
        if (isCurrent()) await dispatch({ type: 'undoEnded', host, ...report });
        return;
      }
      const report = await work.apply(host, {
        signal: cancelled,
        resumed,
        confirming: state.hosts.get(host)?.status === 'confirming',
        async mayConfirm() {
          await dispatch({ type: 'hostConfirming', host });
          return isCurrent() && state.hosts.get(host)?.status === 'confirming';
        },
      });
      if (isCurrent()) await dispatch({ type: 'hostEnded', host, ...report });
    }

    const done = run()
      .catch(fail)
      .finally(() => {
        works.delete(done);
        if (isCurrent()) running.delete(host);
        wake.abort();
      });
    works.add(done);
  }

  /** Makes what runs be what is wanted. */
  function follow(wanted: readonly WantedWork[]): void {
    const hosts = new Set(wanted.map(({ host }) => host));
    for (const [host, { controller }] of running) {
      if (hosts.has(host)) continue;
      // Given up, or about to leave by itself.
      controller.abort();
      running.delete(host);
    }
    for (const each of wanted) {
      if (!running.has(each.host)) launch(each);
      if (each.cancel) running.get(each.host)?.controller.abort();
    }
  }

  /** Asks the gate as long as the state stands before it, and once. */
  function followGate(hosts: readonly string[] | undefined): void {
    if (hosts === undefined) {
      asked?.abort();
      asked = undefined;
    }
    if (hosts === undefined || asked !== undefined) return;
    const own = new AbortController();
    asked = own;
    gate({ wave: state.wave, hosts }, own.signal)
      .then((answer) => (own.signal.aborted ? undefined : dispatch({ type: 'gateEnded', ...answer })))
      .catch(fail)
      .finally(() => {
        if (asked === own) asked = undefined;
      });
  }

  async function drive(): Promise<RolloutState> {
    for (;;) {
      wake = new AbortController();
      if (failure !== undefined) throw failure.error;
      const { begin, work: wanted, gate: hosts, wakeAt, finished } = decide(state);
      follow(wanted);
      followGate(signal.aborted ? undefined : hosts);
      if (finished || (signal.aborted && running.size === 0)) return state;
      const [first] = begin;
      if (first !== undefined && !signal.aborted) {
        await dispatch(first);
        continue;
      }
      const rest = wakeAt === undefined ? Number.POSITIVE_INFINITY : wakeAt - clock.now();
      if (rest <= 0) {
        await dispatch({ type: 'timeReached' });
        continue;
      }
      await sleepUntilWoken(rest);
    }
  }

  async function sleepUntilWoken(ms: number): Promise<void> {
    const drained = () => wake.abort();
    // Once it is aborted there is nothing more to hear from it.
    if (!signal.aborted) signal.addEventListener('abort', drained);
    await clock.sleep(ms, wake.signal);
    signal.removeEventListener('abort', drained);
  }

  const stopWatching = inbox?.watch((request) => dispatch({ type: request }));
  try {
    return await drive();
  } catch (error) {
    for (const { controller } of running.values()) controller.abort();
    await Promise.all(works);
    throw error;
  } finally {
    asked?.abort();
    await stopWatching?.();
    await turn;
  }
}
