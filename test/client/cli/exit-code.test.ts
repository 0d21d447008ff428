import { describe, expect, it } from 'vitest';
import { exitCodeOf } from '../../../client/cli/exit-code.js';
import { RouteError, type RouteErrorReason } from '../../../client/index.js';

function errors(...reasons: RouteErrorReason[]): RouteError[] {
  return reasons.map((reason) => new RouteError({ code: 'UNKNOWN', reason, message: reason }));
}

const probeFailed = new RouteError({ code: 'ABORTED', reason: 'PROBE_FAILED', message: 'm', metadata: { commit_id: 'c1' } });

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
    ['changes present', 2, { succeeded: 1, changes: true }],
    ['changes present, and one down', 3, { succeeded: 1, changes: true, errors: errors('UNREACHABLE') }],
    ['undone', 4, { errors: errors('ROLLED_BACK') }],
    ['not confirmed', 4, { errors: errors('NOT_CONFIRMED', 'ROLLED_BACK') }],
    ['a probe that failed before anything was written', 1, { errors: errors('PROBE_FAILED') }],
    ['undone since a probe failed', 4, { errors: [probeFailed] }],
    ['undone after others were done', 3, { succeeded: 1, errors: errors('ROLLED_BACK') }],
    ['undoing failed', 1, { errors: errors('ROLLBACK_FAILED') }],
    ['a stale plan', 5, { errors: errors('STALE_PLAN') }],
    ['done in part', 3, { errors: errors('ACCESS_DENIED'), partlyDone: 1 }],
    ['cancelled by the agent', 1, { errors: errors('CANCELLED') }],
  ])('%s: %i', (_case, code, part) => {
    expect(exitCodeOf({ ...outcome, ...part })).toBe(code);
  });
});
