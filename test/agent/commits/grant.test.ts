import { describe, expect, it } from 'vitest';
import { fullGrant, type Grant } from '../../../agent/commits/grant.js';
import { parsePrefix } from '../../../proto/prefix.js';
import { type Agent, create, makeHost, nobody, put, remove } from './fixture.js';

const editor: Grant = { name: 'jane', unrestricted: false };
const limited: Grant = {
  ...editor,
  prefixes: [parsePrefix('10.101.0.0/16'), parsePrefix('2001:db8::/32')],
  interfaces: { globs: ['Stor*'], passes: (alias) => alias.startsWith('Stor') },
  owners: ['netops'],
};
const within = '10.101.4.0/24 via 10.40.0.1 on Storage';
const outside = '10.102.0.0/16 via 10.40.0.1 on Storage';
const elsewhere = '10.101.4.0/24 via 10.30.0.7 on Ethernet0';

function reasonOf(applied: Promise<unknown>): Promise<string> {
  return applied.then(
    () => 'done',
    (error) => `${error.reason}: ${error.message}`,
  );
}

const none = { acceptedRisks: new Set<never>() };

describe('what a caller may do', () => {
  it.each<[string, Parameters<Agent['apply']>[0], string]>([
    ['a row within its prefixes', { operations: [create(within)], owner: 'netops' }, 'done'],
    [
      'a row outside of them',
      { operations: [create(within), create(outside)], owner: 'netops' },
      'NOT_AUTHORIZED: jane may not write 10.102.0.0/16 via 10.40.0.1 on interface 6: it is not within 10.101.0.0/16, 2001:db8::/32',
    ],
    [
      'a row on another interface',
      { operations: [create(elsewhere)], owner: 'netops' },
      'NOT_AUTHORIZED: jane may not write 10.101.4.0/24 via 10.30.0.7 on interface 4: the interface "Ethernet0" is none of Stor*',
    ],
    ['a row for another owner', { operations: [create(within)], owner: 'lab' }, 'NOT_AUTHORIZED: jane may not write for the owner "lab"'],
    ['a row for nobody', { operations: [create(within)] }, 'NOT_AUTHORIZED: jane may not write for nobody'],
    [
      'the drift policy of another owner',
      { operations: [], owner: 'lab', driftPolicy: 'report' },
      'NOT_AUTHORIZED: jane may not write for the owner "lab"',
    ],
  ])('%s', async (_what, change, expected) => {
    const agent = await makeHost().start();
    expect(await reasonOf(agent.apply(change, none, { grant: limited }))).toBe(expected);
  });

  it('does not reach what a desired set would delete outside of it', async () => {
    const agent = await makeHost().start();
    await agent.apply({ operations: [create(outside)], owner: 'netops' });
    const emptied = agent.apply({ operations: [], owner: 'netops', replaceOwned: true }, none, { grant: limited });
    expect(await reasonOf(emptied)).toMatch(/^NOT_AUTHORIZED: jane may not write 10\.102\.0\.0\/16/);
    const kept = agent.apply({ operations: [put(outside), put(within)], owner: 'netops', replaceOwned: true }, none, { grant: limited });
    expect(await reasonOf(kept)).toBe('done');
    expect(await reasonOf(agent.apply({ operations: [remove(outside)], owner: 'netops' }, none, { grant: limited }))).toMatch(
      /NOT_AUTHORIZED/,
    );
  });

  it('is told by a rehearsal as well', async () => {
    const agent = await makeHost().start();
    const rehearsed = agent.apply({ operations: [create(outside)], owner: 'netops' }, { ...none, validateOnly: true }, { grant: limited });
    expect(await reasonOf(rehearsed)).toMatch(/^NOT_AUTHORIZED/);
  });

  it('takes an admin to accept a risk', async () => {
    const agent = await makeHost().start();
    const risky = { acceptedRisks: new Set(['default-route'] as const) };
    expect(await reasonOf(agent.apply([create(within)], risky, { grant: editor }))).toBe(
      'NOT_AUTHORIZED: jane may not accept the risk default-route',
    );
    expect(await reasonOf(agent.apply([create(within)], risky, { grant: fullGrant }))).toBe('done');
  });

  it('lets the one who made a commit settle it, and an admin', async () => {
    const agent = await makeHost().start();
    const begin = (commitId: string, actor: string, text: string) =>
      agent.apply([create(text)], { ...none, commitId, confirmWithinMs: 60_000 }, { actor, grant: editor });
    await begin('a', 'jane', within);
    const bob = { ...nobody, actor: 'bob', grant: { ...editor, name: 'bob' } };
    const jane = { ...nobody, actor: 'jane', grant: editor };
    for (const settle of [
      agent.engine.confirm('a', bob),
      agent.engine.cancel('a', { abandon: false }, bob),
      agent.engine.extend('a', 1000, bob),
    ]) {
      expect(await reasonOf(settle)).toBe('NOT_AUTHORIZED: bob may not settle commit "a" of jane');
    }
    expect(await reasonOf(agent.engine.cancel('a', { abandon: true }, jane))).toBe('NOT_AUTHORIZED: jane may not give up undoing a commit');
    expect(await reasonOf(agent.engine.confirm('a', jane))).toBe('done');
    await begin('b', 'jane', outside);
    expect(await reasonOf(agent.engine.cancel('b', { abandon: false }, { ...bob, grant: fullGrant }))).toBe('done');
  });
});
