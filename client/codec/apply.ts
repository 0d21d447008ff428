import type { Status } from '../../proto/gen/google/rpc/status.pb.js';
import { decodeFailure } from '../errors/agent-failure.js';
import type { OperationResult } from '../model/apply-result.js';

/** What became of one operation; code 0 is success. */
export function decodeOperationResult(status: Status): OperationResult {
  const failure = decodeFailure(status);
  return failure === undefined ? { ok: true } : { ok: false, failure };
}
