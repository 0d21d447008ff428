import { RouteTableError } from '../routes/errors.js';

/** Most writes that wait at once, in all and of one party. */
const waitingInAll = 256;
const waitingPerParty = 32;

interface Waiting {
  start(): void;
}

/** Lets one write through at a time. */
export interface WriteQueue {
  /**
   * Runs a job when its turn comes. Parties take turns, so that one with a hundred jobs delays another by one of them.
   *
   * @throws RouteTableError QUEUE_FULL; or the reason of `signal` when that comes before the turn
   */
  run<Result>(party: string, signal: AbortSignal, job: () => Promise<Result>): Promise<Result>;
  /** Runs a job before all that wait: confirmations and rollbacks do not queue behind writes that they will refuse. */
  runNext<Result>(job: () => Promise<Result>): Promise<Result>;
}

/** A queue with nothing in it. */
export function createWriteQueue(): WriteQueue {
  const urgent: Waiting[] = [];
  /** By party; the first party is next. */
  const parties = new Map<string, Waiting[]>();
  let busy = false;

  const takeNext = (): Waiting | undefined => {
    const first = urgent.shift();
    if (first !== undefined) return first;
    const [turn] = parties;
    if (turn === undefined) return undefined;
    const [party, jobs] = turn;
    const next = jobs.shift();
    parties.delete(party);
    if (jobs.length > 0) parties.set(party, jobs);
    return next;
  };

  const advance = (): void => {
    if (busy) return;
    const next = takeNext();
    if (next === undefined) return;
    busy = true;
    next.start();
  };

  const enter = <Result>(jobs: Waiting[], job: () => Promise<Result>, signal?: AbortSignal, leave?: () => void): Promise<Result> =>
    new Promise((resolve, reject) => {
      const abandon = (): void => {
        jobs.splice(jobs.indexOf(waiting), 1);
        leave?.();
        reject(signal?.reason);
      };
      const waiting: Waiting = {
        start: () => {
          signal?.removeEventListener('abort', abandon);
          job()
            .then(resolve, reject)
            .finally(() => {
              busy = false;
              advance();
            });
        },
      };
      signal?.addEventListener('abort', abandon, { once: true });
      jobs.push(waiting);
      advance();
    });

  return {
    async run(party, signal, job) {
      signal.throwIfAborted();
      const jobs = parties.get(party) ?? [];
      const inAll = [...parties.values()].reduce((sum, { length }) => sum + length, 0);
      if (jobs.length >= waitingPerParty || inAll >= waitingInAll) throw full(jobs.length, inAll);
      parties.set(party, jobs);
      return enter(jobs, job, signal, () => {
        if (jobs.length === 0 && parties.get(party) === jobs) parties.delete(party);
      });
    },
    runNext: (job) => enter(urgent, job),
  };
}

function full(ofParty: number, inAll: number): RouteTableError {
  return new RouteTableError('QUEUE_FULL', `${ofParty} writes of this caller and ${inAll} in all wait already`, {
    remedy: `wait for answers before sending more; at most ${waitingPerParty} writes of one caller and ${waitingInAll} in all may wait`,
  });
}
