import type { ServiceError } from '@grpc/grpc-js';
import { agentFailure } from './agent-failure.js';
import { errorInfoOf } from './error-details.js';
import { RouteError } from './route-error.js';
import { type FailedCall, transportFailure } from './transport-failure.js';

/** The error of a gRPC call as an error of this SDK. */
export function fromServiceError(error: ServiceError, call: FailedCall): RouteError {
  const info = errorInfoOf(error.metadata);
  if (info === undefined) return transportFailure(error, call);
  const { address, method } = call;
  return new RouteError({ ...agentFailure({ code: error.code, message: error.details }, info), address, method, cause: error });
}
