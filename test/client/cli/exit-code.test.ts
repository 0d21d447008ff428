import { describe, expect, it } from 'vitest';
import { exitCodeOf } from '../../../client/cli/exit-code.js';
import { RouteError, type RouteErrorReason } from '../../../client/index.js';

function errors(...reasons: RouteErrorReason[]): RouteError[] {
  return reasons.map((reason) => new RouteError({ code: 'UNKNOWN', reason, message: reason }));
}

const outcome = { succeeded: 0, errors: errors(), untouched: 0, interrupted: false };

describe('the exit code', () => {
  it.each([
    ['all well', 0, { succeeded: 2 }],
    ['one refused', 1, { errors: errors('ROUTE_EXISTS') }],
    ['some down', 3, { succeeded: 1, errors: errors('UNREACHABLE') }],
    ['all down', 69, { errors: errors('UNREACHABLE', 'UNREACHABLE') }],
    ['none well, not all down', 1, { errors: errors('UNREACHABLE', 'ROUTE_EXISTS') }],
    ['slow is not down', 1, { errors: errors('DEADLINE_EXCEEDED') }],
    ['refused by TLS is not down', 1, { errors: errors('TLS_REFUSED') }],
    ['bad files', 64, { errors: errors('INVALID_CREDENTIALS', 'PLAINTEXT_REFUSED') }],
    ['interrupted', 130, { succeeded: 1, errors: errors('CANCELLED'), interrupted: true }],
    ['interrupted between two hosts', 130, { succeeded: 1, untouched: 1, interrupted: true }],
    ['interrupted when all was done', 0, { succeeded: 2, interrupted: true }],
    ['cancelled by the agent', 1, { errors: errors('CANCELLED') }],
  ])('%s: %i', (_case, code, part) => {
    expect(exitCodeOf({ ...outcome, ...part })).toBe(code);
  });
});
