import type { ErrorInfo } from '../../proto/gen/google/rpc/error_details.pb.js';
import type { Status } from '../../proto/gen/google/rpc/status.pb.js';
import { type ErrorReason, errorReasons } from '../../proto/reasons.js';
import { errorInfoIn } from './error-details.js';
import type { RouteFailure, Win32Error } from './route-error.js';
import { rpcCodeOf } from './rpc-code.js';

/** A failure that an agent describes. A reason of a newer agent is UNKNOWN, and `metadata.reason` holds it. */
export function agentFailure({ code, message }: Pick<Status, 'code' | 'message'>, { reason, metadata }: ErrorInfo): RouteFailure {
  const known = isErrorReason(reason);
  return {
    code: rpcCodeOf(code),
    reason: known ? reason : 'UNKNOWN',
    message,
    remedy: metadata.remedy,
    win32: win32Of(metadata),
    metadata: known ? metadata : { ...metadata, reason },
  };
}

/** A failure inside an answer; undefined for a status that is absent or OK. */
export function decodeFailure(status: Status | undefined): RouteFailure | undefined {
  if (status === undefined || status.code === 0) return undefined;
  const info = errorInfoIn(status);
  if (info !== undefined) return agentFailure(status, info);
  return { code: rpcCodeOf(status.code), reason: 'UNKNOWN', message: status.message };
}

function isErrorReason(reason: string): reason is ErrorReason {
  return errorReasons.some((known) => known === reason);
}

function win32Of(metadata: ErrorInfo['metadata']): Win32Error | undefined {
  const code = Number(metadata.win32_code);
  if (metadata.win32_code === undefined || !Number.isInteger(code)) return undefined;
  return { code, name: metadata.win32_name ?? `error ${code}`, message: metadata.win32_message, function: metadata.function };
}
