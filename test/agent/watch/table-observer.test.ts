import { expect, it, vi } from 'vitest';
import { agentStopping, RouteTableError } from '../../../agent/routes/errors.js';
import { fold, metricsOf, route } from './rows.js';
import { intervalMs, Scene, take, useStoppedClock } from './scene.js';

const tenMinutes = 10 * 60_000;

useStoppedClock();

it('counts the states of the table before anybody watches', async () => {
  const { host, observer } = new Scene({ 1: 5 });
  const read = async () => {
    const reading = observer.table.list();
    await host.settle();
    return (await reading).revision;
  };
  expect(observer.revision).toBe(0n);
  expect([await read(), await read()]).toEqual([1n, 1n]);
  host.external(1, 6);
  expect([await read(), await read()]).toEqual([2n, 2n]);
});

it('makes one reading of all that are asked for while another runs', async () => {
  const { host, observer } = new Scene();
  const first = observer.table.list();
  await host.step();
  const later = [observer.table.list(), observer.table.list(), observer.table.list()];
  await host.settle();
  expect(new Set(await Promise.all([first, ...later])).size).toBe(2);
  expect(host.readings).toBe(2);
});

it('answers a burst of notices with one reading, some time after the first', async () => {
  const scene = new Scene();
  const { watcher } = await scene.attach();
  const before = scene.host.readings;
  for (let number = 0; number < 50; number++) {
    scene.external(number, 1);
    await scene.pass(0);
  }
  expect(scene.host.readings).toBe(before);
  await scene.pass(20);
  expect(scene.host.readings).toBe(before + 1);
  expect(take(watcher)).toHaveLength(50);
});

it('reads again for a notice that comes while it reads', async () => {
  const scene = new Scene({ 1: 5 });
  const { watcher } = await scene.attach();
  scene.external(1, 6);
  await vi.advanceTimersByTimeAsync(20);
  // The reading has seen the table already.
  await scene.host.step();
  scene.external(1, 7);
  await scene.host.settle();
  expect(take(watcher)).toEqual([['~1:5>6', 'external']]);
  await scene.pass(20);
  expect(take(watcher)).toEqual([['~1:6>7', 'external']]);
});

it('misses no change that comes while the first reading runs', async () => {
  const scene = new Scene({ 1: 5 });
  const attaching = scene.observer.attach(() => true);
  await new Promise(setImmediate);
  await scene.host.step();
  scene.external(1, 6);
  await scene.host.settle();
  const { watcher } = await attaching;
  expect([...metricsOf(scene.observer.begin(watcher).rows).values()]).toEqual([5]);
  await scene.pass(20);
  expect(take(watcher)).toEqual([['~1:5>6', 'external']]);
});

it('reads by itself where nothing tells of changes', async () => {
  const scene = new Scene({ 1: 5 });
  const { watcher } = await scene.attach();
  scene.host.external(1, 6);
  await scene.pass(intervalMs);
  expect(take(watcher)).toEqual([['~1:5>6', 'external']]);
  scene.host.external(1, 7);
  await scene.pass(intervalMs);
  expect(take(watcher)).toEqual([['~1:6>7', 'external']]);
});

it.each([
  ['before', 0],
  ['after', 1],
])('leaves a row alone that the agent wrote while the table was read: the reading saw it %s the write', async (_what, seenFirst) => {
  const scene = new Scene({ 1: 5, 2: 5 });
  const { watcher } = await scene.attach();
  const reading = scene.observer.table.list();
  await new Promise(setImmediate);
  if (seenFirst === 0) await scene.host.step();
  const writing = [scene.own(1, 100, 'mine'), scene.own(2, undefined, 'mine'), scene.own(3, 100, 'mine')];
  for (let write = 0; write < 3; write++) await scene.host.step(1);
  if (seenFirst === 1) await scene.host.step(0);
  // The reading ends last.
  while (scene.host.waiting > 1) await scene.host.step(scene.host.waiting - 1 - (seenFirst === 1 ? 1 : 0));
  await scene.host.settle();
  await Promise.all(writing);
  // It may be older than what the commit wrote.
  expect((await reading).revision).toBeLessThan(scene.observer.revision);
  const { readings } = scene.host;
  await scene.pass(20);
  expect(scene.host.readings).toBe(readings + 1);
  expect(take(watcher).sort()).toEqual([
    ['+3:100', 'mine'],
    ['-2:5', 'mine'],
    ['~1:5>100', 'mine'],
  ]);
});

it('begins with the row as it was before a write that has not ended', async () => {
  const scene = new Scene({ 1: 5 });
  const writing = scene.own(1, 100, 'mine');
  await scene.host.step();
  const attaching = scene.observer.attach(() => true);
  await new Promise(setImmediate);
  // The reading, from its beginning to its end; the write still waits for its read-back.
  await scene.host.step(1);
  await scene.host.step(1);
  const { watcher } = await attaching;
  expect([...metricsOf(scene.observer.begin(watcher).rows).values()]).toEqual([5]);
  await scene.host.settle();
  await writing;
  expect(take(watcher)).toEqual([['~1:5>100', 'mine']]);
});

it('sees that a row is again as it was before the write of the agent', async () => {
  const scene = new Scene({ 1: 5 });
  const { watcher } = await scene.attach();
  const writing = scene.own(1, 100, 'mine');
  await scene.host.settle();
  await writing;
  scene.external(1, 5);
  await scene.pass(20);
  expect(take(watcher)).toEqual([
    ['~1:5>100', 'mine'],
    ['~1:100>5', 'external'],
  ]);
});

it('tells a new watcher of the age of now', async () => {
  const scene = new Scene({ 1: 5 });
  await scene.attach();
  scene.host.external(1, 5, 77);
  scene.external(2, 5);
  await scene.pass(20);
  const attaching = scene.observer.attach(() => true);
  await scene.host.settle();
  const { rows } = scene.observer.begin((await attaching).watcher);
  expect(rows.map(({ route: { ageSeconds } }) => ageSeconds)).toEqual([77, 0]);
});

it('tells what others did to a row before the agent wrote it', async () => {
  const scene = new Scene({ 1: 5 });
  const { watcher } = await scene.attach();
  scene.external(1, 6);
  const writing = scene.own(1, 100, 'mine');
  await scene.host.settle();
  await writing;
  scene.external(1, undefined);
  const again = scene.own(1, 101, 'mine too');
  await scene.host.settle();
  await again;
  await scene.pass(20);
  expect(take(watcher)).toEqual([
    ['~1:5>6', 'external'],
    ['~1:6>100', 'mine'],
    ['-1:100', 'external'],
    ['+1:101', 'mine too'],
  ]);
});

it('leaves a write whose outcome is not known to the next reading, as the doing of its commit', async () => {
  const scene = new Scene({ 1: 5 });
  const { watcher } = await scene.attach();
  const write = { key: route(1, 0), commitId: 'unsure', before: route(1, 5), after: route(1, 100), ownershipChange: undefined };
  const failed = scene.observer.table.ownWrite(write, async () => {
    scene.host.external(1, 100);
    throw new RouteTableError('UNVERIFIED_WRITE', 'it may be there', { remedy: '' });
  });
  await expect(failed).rejects.toThrow('it may be there');
  await scene.pass(20);
  scene.external(1, 6);
  await scene.pass(20);
  expect(take(watcher)).toEqual([
    ['~1:5>100', 'unsure'],
    ['~1:100>6', 'external'],
  ]);
});

it.each([
  ['other values', 77],
  ['nothing', undefined],
])('does not take for its own what others made of its row before it was read back: %s', async (_what, metric) => {
  const scene = new Scene({ 1: 5 });
  const { watcher } = await scene.attach();
  const write = { key: route(1, 0), commitId: 'overtaken', before: route(1, 5), after: route(1, 100), ownershipChange: undefined };
  const failed = scene.observer.table.ownWrite(write, async () => {
    scene.host.external(1, metric);
    throw new RouteTableError('UNVERIFIED_WRITE', 'it has other values', { remedy: '' });
  });
  await expect(failed).rejects.toThrow('it has other values');
  await scene.pass(20);
  expect(take(watcher)).toEqual([[metric === undefined ? '-1:5' : '~1:5>77', 'external']]);
});

it('does not take for its own what stopped its write', async () => {
  const scene = new Scene();
  const { watcher } = await scene.attach();
  const write = { key: route(1, 0), commitId: 'refused', before: undefined, after: route(1, 100), ownershipChange: undefined };
  const failed = scene.observer.table.ownWrite(write, async () => {
    scene.host.external(1, 6);
    throw new RouteTableError('ROUTE_EXISTS', 'it is there', { remedy: '' });
  });
  await expect(failed).rejects.toThrow('it is there');
  await scene.pass(20);
  expect(take(watcher)).toEqual([['+1:6', 'external']]);
});

it('ends the watches when the table cannot be read, and goes on with the next one', async () => {
  const scene = new Scene({ 1: 5 });
  const { watcher, known } = await scene.attach();
  scene.host.failNext();
  scene.external(1, 6);
  await scene.pass(20);
  expect(() => watcher.take(1)).toThrow('the table cannot be read');
  scene.observer.detach(watcher);
  const again = await scene.attach(scene.observer.revision);
  expect(again.resumed).toBe(true);
  fold(known, again.watcher.take(10));
  expect(known).toEqual(scene.host.metrics());
});

it('does not take in a watcher of a table that cannot be read', async () => {
  const scene = new Scene();
  scene.host.failNext();
  const attaching = scene.observer.attach(() => true);
  const failed = expect(attaching).rejects.toThrow('the table cannot be read');
  await scene.host.settle();
  await failed;
  await scene.pass(tenMinutes);
  expect(vi.getTimerCount()).toBe(0);
});

it('remembers for ten minutes after the last watcher, and then reads no more', async () => {
  const scene = new Scene({ 1: 5 });
  const first = await scene.attach();
  const left = scene.observer.revision;
  scene.observer.detach(first.watcher);
  await scene.pass(tenMinutes - 1);
  scene.external(1, 6);
  const second = await scene.attach(left);
  expect([second.resumed, take(second.watcher)]).toEqual([true, [['~1:5>6', 'external']]]);
  scene.observer.detach(second.watcher);
  await scene.pass(tenMinutes);
  const { readings } = scene.host;
  scene.external(1, 7);
  await scene.pass(tenMinutes);
  expect(scene.host.readings).toBe(readings);
  expect(vi.getTimerCount()).toBe(0);
  expect((await scene.attach(left)).resumed).toBe(false);
});

it('ends the watches with the agent, and takes no more', async () => {
  const scene = new Scene();
  const { watcher } = await scene.attach();
  scene.observer.close(agentStopping());
  expect(() => watcher.take(1)).toThrow('the agent is stopping');
  const late = expect(scene.observer.attach(() => true)).rejects.toThrow('the agent is stopping');
  await scene.host.settle();
  await late;
  expect(vi.getTimerCount()).toBe(0);
});

it('tells whose a row is, by the write, by word of the commit, and by the journal', async () => {
  const scene = new Scene({ 1: 5, 2: 5 });
  const team = { owner: 'team', persistent: true };
  scene.owners.set('2', team);
  const attaching = scene.observer.attach(() => true);
  await scene.host.settle();
  const { watcher } = await attaching;
  expect(scene.observer.begin(watcher).rows.map(({ ownership }) => ownership)).toEqual([undefined, team]);
  const writing = scene.own(1, 100, 'mine', { key: route(1, 0), ownership: team });
  await scene.host.settle();
  await writing;
  scene.observer.table.ownershipsChanged('mine', [{ key: route(1, 0), ownership: team }]);
  scene.observer.table.ownershipsChanged('other', [
    { key: route(2, 0), ownership: undefined },
    { key: route(9, 0), ownership: team },
  ]);
  const owners = watcher.take(10).changes.map(({ previous, row, commitId }) => [previous?.ownership, row?.ownership, commitId]);
  expect(owners).toEqual([
    [undefined, team, 'mine'],
    [team, undefined, 'other'],
  ]);
});
