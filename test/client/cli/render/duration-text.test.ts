import { expect, it } from 'vitest';
import { durationText } from '../../../../client/cli/render/duration-text.js';

it.each([
  [0, '0s'],
  [-5, '0s'],
  [450, '0.5s'],
  [9_949, '9.9s'],
  [9_950, '10s'],
  [59_600, '1m'],
  [119_400, '1m 59s'],
  [3_600_000, '1h'],
  [3_723_000, '1h 2m 3s'],
])('%d ms are "%s"', (ms, text) => {
  expect(durationText(ms)).toBe(text);
});
