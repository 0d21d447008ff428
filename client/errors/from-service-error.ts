import type { ServiceError } from '@grpc/grpc-js';
import type { ErrorInfo } from '../../proto/gen/google/rpc/error_details.pb.js';
import { type ErrorReason, errorReasons } from '../../proto/reasons.js';
import { errorInfoOf } from './error-details.js';
import { RouteError, type Win32Error } from './route-error.js';
import { rpcCodeOf } from './rpc-code.js';
import { type FailedCall, transportFailure } from './transport-failure.js';

/** The error of a gRPC call as an error of this SDK. */
export function fromServiceError(error: ServiceError, call: FailedCall): RouteError {
  const info = errorInfoOf(error.metadata);
  return info === undefined ? transportFailure(error, call) : agentError(error, info, call);
}

function agentError(error: ServiceError, { reason, metadata }: ErrorInfo, { address, method }: FailedCall): RouteError {
  const known = isErrorReason(reason);
  return new RouteError({
    code: rpcCodeOf(error.code),
    reason: known ? reason : 'UNKNOWN',
    message: error.details,
    remedy: metadata.remedy,
    win32: win32Of(metadata),
    metadata: known ? metadata : { ...metadata, reason },
    address,
    method,
    cause: error,
  });
}

function isErrorReason(reason: string): reason is ErrorReason {
  return errorReasons.some((known) => known === reason);
}

function win32Of(metadata: ErrorInfo['metadata']): Win32Error | undefined {
  const code = Number(metadata.win32_code);
  if (metadata.win32_code === undefined || !Number.isInteger(code)) return undefined;
  return { code, name: metadata.win32_name ?? `error ${code}`, message: metadata.win32_message, function: metadata.function };
}
