import { expect, it } from 'vitest';
import { createWriteQueue } from '../../../agent/commits/write-queue.js';

const never = new AbortController().signal;

/** A job that notes its name, and ends when it is told to. */
function makeJobs() {
  const started: string[] = [];
  const ends: (() => void)[] = [];
  const job = (name: string) => () =>
    new Promise<string>((resolve) => {
      started.push(name);
      ends.push(() => resolve(name));
    });
  const quick = (name: string) => async () => void started.push(name);
  return { started, job, quick, endNext: () => ends.shift()?.() };
}

const settled = () => new Promise(setImmediate);

it('lets one through at a time', async () => {
  const queue = createWriteQueue();
  const { started, job, endNext } = makeJobs();
  const [first, second] = [queue.run('a', never, job('1')), queue.run('a', never, job('2'))];
  await settled();
  expect(started).toEqual(['1']);
  endNext();
  expect(await first).toBe('1');
  await settled();
  expect(started).toEqual(['1', '2']);
  endNext();
  expect(await second).toBe('2');
});

it('lets parties take turns, and keeps the order of each', async () => {
  const queue = createWriteQueue();
  const { started, job, quick, endNext } = makeJobs();
  const all = [queue.run('a', never, job('a0'))];
  const waiting = ['a1', 'a2', 'a3', 'b1', 'b2', 'c1'].map((name) => queue.run(name[0] ?? '', never, quick(name)));
  await settled();
  endNext();
  await Promise.all([...all, ...waiting]);
  expect(started).toEqual(['a0', 'a1', 'b1', 'c1', 'a2', 'b2', 'a3']);
});

it('takes what is urgent before all that wait', async () => {
  const queue = createWriteQueue();
  const { started, job, quick, endNext } = makeJobs();
  const all: Promise<unknown>[] = [
    queue.run('a', never, job('a0')),
    queue.run('a', never, quick('a1')),
    queue.run('b', never, quick('b1')),
  ];
  await settled();
  all.push(queue.runNext(quick('first')), queue.runNext(quick('second')));
  endNext();
  await Promise.all(all);
  expect(started).toEqual(['a0', 'first', 'second', 'a1', 'b1']);
});

it('goes on after a job that fails', async () => {
  const queue = createWriteQueue();
  await expect(queue.run('a', never, () => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
  await expect(queue.runNext(async () => 'next')).resolves.toBe('next');
});

it('bounds what waits of one party, and of all', async () => {
  const queue = createWriteQueue();
  const { job, quick, endNext } = makeJobs();
  const running = queue.run('a', never, job('running'));
  const waiting = Array.from({ length: 32 }, (_, index) => queue.run('a', never, quick(`a${index}`)));
  await expect(queue.run('a', never, quick('too many'))).rejects.toMatchObject({ reason: 'QUEUE_FULL' });
  for (let party = 0; party < 7; party++) {
    waiting.push(...Array.from({ length: 32 }, (_, index) => queue.run(`party ${party}`, never, quick(`${party}.${index}`))));
  }
  await expect(queue.run('z', never, quick('too many'))).rejects.toMatchObject({ reason: 'QUEUE_FULL' });
  const urgent = queue.runNext(quick('urgent'));
  endNext();
  await Promise.all([running, urgent, ...waiting]);
  await expect(queue.run('a', never, async () => 'room again')).resolves.toBe('room again');
});

it('gives up a place, and not a turn, by its signal', async () => {
  const queue = createWriteQueue();
  const { started, job, quick, endNext } = makeJobs();
  const [first, second] = [new AbortController(), new AbortController()];
  const running = queue.run('a', first.signal, job('running'));
  const waiting = queue.run('a', second.signal, quick('given up'));
  const last = queue.run('a', never, quick('last'));
  await settled();
  second.abort(new Error('gone'));
  await expect(waiting).rejects.toThrow('gone');
  first.abort(new Error('too late'));
  endNext();
  await expect(running).resolves.toBe('running');
  await last;
  expect(started).toEqual(['running', 'last']);
  await expect(queue.run('a', first.signal, quick('never'))).rejects.toThrow('too late');
  expect(started).toHaveLength(2);
});
