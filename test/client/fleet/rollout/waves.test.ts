import { describe, expect, it } from 'vitest';
import { parseWaves } from '../../../../client/fleet/rollout/waves.js';

describe('waves', () => {
  it.each([
    ['1,10%,50%,100%', 40, [1, 4, 20, 40]],
    // A percentage below one host is one host, never all and never none.
    ['1%', 5, [1, 5]],
    ['0.1%', 3, [1, 3]],
    ['0.1%,2.5%', 3_000, [3, 75, 3_000]],
    ['1.1%', 1_000, [11, 1_000]],
    ['10%,50%', 3, [1, 2, 3]],
    // A wave that adds nobody is none.
    ['1,10%,100%', 5, [1, 5]],
    ['3,10%,100%', 10, [3, 10]],
    ['1,100%', 1, [1]],
    ['2,4,8', 3, [2, 3]],
    [' 1 , 25% ', 8, [1, 2, 8]],
    ['100%', 7, [7]],
    ['29%', 100, [29, 100]],
  ])('%s of %i hosts are done after %j', (text, hosts, waves) => {
    expect(parseWaves(text, hosts)).toEqual(waves);
  });

  it.each([
    '',
    '0',
    '0%',
    '0.0%',
    '0.0001%',
    '100.1%',
    '.5%',
    '1.%',
    '101%',
    '-1',
    '1.5',
    '10 %',
    'all',
    '1,,2',
    '5,5',
    '5,2',
    '50%,10%',
    '1,50%,40%',
  ])('refuses "%s"', (text) => {
    expect(() => parseWaves(text, 10)).toThrow(expect.objectContaining({ code: 'ROLLOUT_INVALID', remedy: expect.any(String) }));
  });
});
