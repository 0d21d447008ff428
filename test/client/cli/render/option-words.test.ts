import { expect, it } from 'vitest';
import { inOptionWords } from '../../../../client/cli/render/option-words.js';

it('says which options an agent means', () => {
  expect(inOptionWords('set confirm_within, or accept the risk DEFAULT_ROUTE')).toBe(
    'set --confirm-within, or accept the risk default-route (--accept-risk default-route)',
  );
  expect(inOptionWords('set the existing row instead')).toBe('set the existing row instead');
});
