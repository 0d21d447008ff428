import { describe, expect, it } from 'vitest';
import { renderFailure } from '../../../../client/cli/render/failure.js';

describe('a failure', () => {
  it('is one line with reason and remedy, whatever the agent sent', () => {
    expect(renderFailure('web2', { message: 'it failed.\n  twice\u001b[31m.', reason: 'WIN32_ERROR', remedy: 'try\nagain' }, false)).toBe(
      'web2: it failed. twice?[31m (WIN32_ERROR). Remedy: try again.\n',
    );
  });

  it('leaves out what is not known', () => {
    expect(renderFailure('error', { message: 'it failed' }, false)).toBe('error: it failed.\n');
  });

  it('colours the subject alone', () => {
    const text = renderFailure('web2', { message: 'm' }, true);
    expect(text.startsWith('\u001b[')).toBe(true);
    expect(text.endsWith(' m.\n')).toBe(true);
  });
});
