import { expect, it } from 'vitest';
import { createHeldOperations } from '../../../agent/rpc/held-operations.js';

it('holds 200,000 operations of one caller and 400,000 in all, and gives them back with their calls', () => {
  const held = createHeldOperations();
  const [first, second] = [held.begin('a'), held.begin('a')];
  first.take(150_000);
  expect(() => second.take(50_001)).toThrow('150000 operations of this caller and 150000 in all are under way');
  second.take(50_000);
  const [third, fourth] = [held.begin('b'), held.begin('c')];
  third.take(200_000);
  expect(() => fourth.take(1)).toThrow('0 operations of this caller and 400000 in all are under way');
  first.release();
  fourth.take(150_000);
  expect(() => fourth.take(1)).toThrow('150000 operations of this caller and 400000 in all');
  for (const call of [second, third, fourth]) call.release();
  held.begin('c').take(200_000);
});
