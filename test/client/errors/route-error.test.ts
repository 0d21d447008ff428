import { describe, expect, it, vi } from 'vitest';
import { rpcCodeOf } from '../../../client/errors/rpc-code.js';
import { RouteError } from '../../../client/index.js';

const details = { code: 'NOT_FOUND', reason: 'ROUTE_NOT_FOUND', message: 'no such row' } as const;

describe('RouteError', () => {
  it('is recognised over a second copy of the package', async () => {
    vi.resetModules();
    const copy = await import('../../../client/errors/route-error.js');
    expect(copy.RouteError).not.toBe(RouteError);
    expect(new copy.RouteError(details)).toBeInstanceOf(RouteError);
    expect(new RouteError(details)).toBeInstanceOf(copy.RouteError);
  });

  it.each([new Error('x'), null, undefined, 'text', { reason: 'UNKNOWN' }])('%o is none', (value) => {
    expect(value instanceof RouteError).toBe(false);
  });

  it('keeps its cause and is an Error', () => {
    const cause = new Error('below');
    const error = new RouteError({ ...details, cause });
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({ name: 'RouteError', message: 'no such row', cause, metadata: {}, remedy: undefined });
  });
});

describe('status names', () => {
  it.each([
    [1, 'CANCELLED'],
    [14, 'UNAVAILABLE'],
    [16, 'UNAUTHENTICATED'],
    [0, 'UNKNOWN'],
    [99, 'UNKNOWN'],
  ])('%i is %s', (status, name) => {
    expect(rpcCodeOf(status)).toBe(name);
  });
});
