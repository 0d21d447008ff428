import { randomUUID } from 'node:crypto';
import { Metadata, type StatusObject, status } from '@grpc/grpc-js';
import { ErrorInfo } from '../../proto/gen/google/rpc/error_details.pb.js';
import { Status } from '../../proto/gen/google/rpc/status.pb.js';
import { InvalidValueError } from '../../proto/invalid-value.js';
import { type ErrorReason, errorDomain } from '../../proto/reasons.js';
import { type Failure, toFailure } from '../commits/failure.js';
import { RouteTableError } from '../routes/errors.js';

/** The gRPC code of each reason. */
const codes: Readonly<Record<ErrorReason, status>> = {
  ACCESS_DENIED: status.PERMISSION_DENIED,
  AGENT_RESTARTED: status.ABORTED,
  AGENT_STOPPING: status.UNAVAILABLE,
  AMBIGUOUS_INTERFACE: status.INVALID_ARGUMENT,
  AUDIT_UNAVAILABLE: status.UNAVAILABLE,
  BEST_ROUTE_NOT_FOUND: status.NOT_FOUND,
  CANCELLED: status.CANCELLED,
  CERTIFICATE_EXPIRED: status.UNAUTHENTICATED,
  CERTIFICATE_REVOKED: status.UNAUTHENTICATED,
  COMMIT_CANCELLED: status.ABORTED,
  COMMIT_EXISTS: status.ALREADY_EXISTS,
  COMMIT_ID_MISMATCH: status.INVALID_ARGUMENT,
  COMMIT_NOT_FOUND: status.NOT_FOUND,
  COMMIT_NOT_PENDING: status.FAILED_PRECONDITION,
  COMMIT_PENDING: status.FAILED_PRECONDITION,
  DRIFT_REPORT_ONLY: status.FAILED_PRECONDITION,
  DUPLICATE_OPERATION: status.INVALID_ARGUMENT,
  ETAG_MISMATCH: status.ABORTED,
  FAMILY_MISMATCH: status.INVALID_ARGUMENT,
  FAMILY_NOT_BOUND: status.NOT_FOUND,
  FOREIGN_CHANGE: status.ABORTED,
  FRESH_CONNECTION_REQUIRED: status.FAILED_PRECONDITION,
  FUNCTION_MISSING: status.UNIMPLEMENTED,
  HOST_BITS_SET: status.INVALID_ARGUMENT,
  INTERFACE_NOT_FOUND: status.NOT_FOUND,
  INTERNAL: status.INTERNAL,
  INVALID_ADDRESS: status.INVALID_ARGUMENT,
  INVALID_ARGUMENT: status.INVALID_ARGUMENT,
  INVALID_DURATION: status.INVALID_ARGUMENT,
  INVALID_ENUM: status.INVALID_ARGUMENT,
  INVALID_LIFETIME: status.INVALID_ARGUMENT,
  INVALID_METRIC: status.INVALID_ARGUMENT,
  INVALID_PREFIX: status.INVALID_ARGUMENT,
  INVALID_TEXT: status.INVALID_ARGUMENT,
  JOURNAL_DAMAGED: status.FAILED_PRECONDITION,
  JOURNAL_UNAVAILABLE: status.UNAVAILABLE,
  METRIC_BELOW_INTERFACE_METRIC: status.INVALID_ARGUMENT,
  MISSING_FIELD: status.INVALID_ARGUMENT,
  NOT_ATTEMPTED: status.ABORTED,
  NOT_AUTHORIZED: status.PERMISSION_DENIED,
  NOT_CONFIRMED: status.ABORTED,
  NOT_SUPPORTED: status.FAILED_PRECONDITION,
  OUT_OF_MEMORY: status.RESOURCE_EXHAUSTED,
  OWNER_REQUIRED: status.INVALID_ARGUMENT,
  PROBE_FAILED: status.ABORTED,
  QUEUE_FULL: status.RESOURCE_EXHAUSTED,
  RATE_LIMITED: status.RESOURCE_EXHAUSTED,
  REPAIR_BUDGET_EXHAUSTED: status.RESOURCE_EXHAUSTED,
  REQUEST_ID_REUSED: status.INVALID_ARGUMENT,
  REVISION_MISMATCH: status.ABORTED,
  RISK_NOT_ACCEPTED: status.FAILED_PRECONDITION,
  ROLLBACK_FAILED: status.DATA_LOSS,
  ROLLED_BACK: status.ABORTED,
  ROUTE_EXISTS: status.ALREADY_EXISTS,
  ROUTE_NOT_FOUND: status.NOT_FOUND,
  STALE_PLAN: status.ABORTED,
  SYSTEM_ROUTE: status.FAILED_PRECONDITION,
  TOO_MANY_OPERATIONS: status.INVALID_ARGUMENT,
  UNVERIFIED_WRITE: status.DATA_LOSS,
  WIN32_ERROR: status.UNKNOWN,
};

/** The gRPC code of an error with this reason. */
export function codeOf(reason: ErrorReason): status {
  return codes[reason];
}

/** An error as it goes out, and, for one that nobody foresaw, the id under which the log has it. */
export interface OutgoingError {
  readonly status: StatusObject;
  /** Set for an unexpected error: only the id goes out, the rest stays in the log. */
  readonly incidentId?: string;
}

/** Turns whatever a handler threw into a gRPC status with google.rpc.ErrorInfo. */
export function toStatus(thrown: unknown): OutgoingError {
  // A stream that was ended by a signal wraps the reason of the signal.
  const error = thrown instanceof Error && thrown.name === 'AbortError' ? thrown.cause : thrown;
  if (error instanceof RouteTableError || error instanceof InvalidValueError) return { status: makeStatus(toFailure(error)) };
  const incidentId = randomUUID();
  const failure: Failure = {
    reason: 'INTERNAL',
    message: `the agent failed unexpectedly (${incidentId})`,
    remedy: `look for ${incidentId} in the log of the agent, and report it`,
    facts: { incident_id: incidentId },
  };
  return { status: makeStatus(failure), incidentId };
}

/** Longest text in a status: all of it travels in headers, and those have a limit. */
const statusCharacters = 1000;

function makeStatus(failure: Failure): StatusObject {
  const encoded = encodeFailure(failure);
  const metadata = new Metadata();
  metadata.set('grpc-status-details-bin', Buffer.from(Status.encode(encoded).finish()));
  return { code: codes[failure.reason], details: encoded.message, metadata };
}

/** A failure that stands in an answer, with the same details as one that ends a call. */
export function encodeFailure({ reason, message, remedy, facts }: Failure): Status {
  const told = Object.fromEntries(
    Object.entries({ ...facts, remedy })
      .filter(([, value]) => value !== '')
      .map(([key, value]) => [key, value.slice(0, statusCharacters)]),
  );
  const info = ErrorInfo.encode({ reason, domain: errorDomain, metadata: told }).finish();
  const details = [{ typeUrl: 'type.googleapis.com/google.rpc.ErrorInfo', value: Buffer.from(info) }];
  return { code: codes[reason], message: message.slice(0, statusCharacters), details };
}
