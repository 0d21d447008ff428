import { expect, it } from 'vitest';
import { commitIdOf, undoCommitIdOf } from '../../../../client/fleet/rollout/commit-names.js';

const id = commitIdOf('20261124-120000-abcdef', 'a host with a long name, and of characters that no agent would take: ü');

it('names are what agents take, and the same each time', () => {
  for (const name of [id, undoCommitIdOf(id, 12, 'x'.repeat(64)), undoCommitIdOf(id, 1, undefined)])
    expect(name).toMatch(/^[\w.:/@+-]{1,64}$/);
  expect(commitIdOf('r', 'web1')).toBe(commitIdOf('r', 'web1'));
});

it('names differ by rollout, host, attempt and owner', () => {
  const names = [commitIdOf('r', 'web1'), commitIdOf('r', 'web2'), commitIdOf('s', 'web1')];
  // An attempt that was undone stays undone under its name.
  const undone = [undoCommitIdOf(id, 1, 'a'), undoCommitIdOf(id, 2, 'a'), undoCommitIdOf(id, 1, 'b'), undoCommitIdOf(id, 1, undefined)];
  expect(new Set([...names, ...undone]).size).toBe(7);
});
