import { randomUUID } from 'node:crypto';
import { Metadata, type StatusObject, status } from '@grpc/grpc-js';
import { ErrorInfo } from '../../proto/gen/google/rpc/error_details.pb.js';
import { Status } from '../../proto/gen/google/rpc/status.pb.js';
import { InvalidValueError } from '../../proto/invalid-value.js';
import { type ErrorReason, errorDomain } from '../../proto/reasons.js';
import { RouteTableError } from '../routes/errors.js';

/** The gRPC code of each reason. */
const codes: Readonly<Record<ErrorReason, status>> = {
  ACCESS_DENIED: status.PERMISSION_DENIED,
  AMBIGUOUS_INTERFACE: status.INVALID_ARGUMENT,
  BEST_ROUTE_NOT_FOUND: status.NOT_FOUND,
  ETAG_MISMATCH: status.ABORTED,
  FAMILY_MISMATCH: status.INVALID_ARGUMENT,
  FAMILY_NOT_BOUND: status.NOT_FOUND,
  FUNCTION_MISSING: status.UNIMPLEMENTED,
  HOST_BITS_SET: status.INVALID_ARGUMENT,
  INTERFACE_NOT_FOUND: status.NOT_FOUND,
  INTERNAL: status.INTERNAL,
  INVALID_ADDRESS: status.INVALID_ARGUMENT,
  INVALID_ARGUMENT: status.INVALID_ARGUMENT,
  INVALID_ENUM: status.INVALID_ARGUMENT,
  INVALID_LIFETIME: status.INVALID_ARGUMENT,
  INVALID_METRIC: status.INVALID_ARGUMENT,
  INVALID_PREFIX: status.INVALID_ARGUMENT,
  METRIC_BELOW_INTERFACE_METRIC: status.INVALID_ARGUMENT,
  MISSING_FIELD: status.INVALID_ARGUMENT,
  NOT_IMPLEMENTED: status.UNIMPLEMENTED,
  NOT_SUPPORTED: status.FAILED_PRECONDITION,
  OUT_OF_MEMORY: status.RESOURCE_EXHAUSTED,
  REVISION_MISMATCH: status.ABORTED,
  ROUTE_EXISTS: status.ALREADY_EXISTS,
  ROUTE_NOT_FOUND: status.NOT_FOUND,
  SYSTEM_ROUTE: status.FAILED_PRECONDITION,
  UNVERIFIED_WRITE: status.DATA_LOSS,
  WIN32_ERROR: status.UNKNOWN,
};

/** An error as it goes out, and, for one that nobody foresaw, the id under which the log has it. */
export interface OutgoingError {
  readonly status: StatusObject;
  /** Set for an unexpected error: only the id goes out, the rest stays in the log. */
  readonly incidentId?: string;
}

/** Turns whatever a handler threw into a gRPC status with google.rpc.ErrorInfo. */
export function toStatus(error: unknown): OutgoingError {
  if (error instanceof RouteTableError) {
    const { win32, facts, remedy, reason, message } = error;
    const failed: Record<string, string> = win32
      ? { win32_code: String(win32.code), win32_name: win32.name, win32_message: win32.message ?? '', function: win32.function }
      : {};
    return { status: makeStatus(reason, message, { ...facts, ...failed, remedy }) };
  }
  if (error instanceof InvalidValueError) return { status: makeStatus(error.reason, error.message, { remedy: error.remedy }) };
  const incidentId = randomUUID();
  const remedy = `look for ${incidentId} in the log of the agent, and report it`;
  return {
    status: makeStatus('INTERNAL', `the agent failed unexpectedly (${incidentId})`, { incident_id: incidentId, remedy }),
    incidentId,
  };
}

/** Longest text in a status: all of it travels in headers, and those have a limit. */
const statusCharacters = 1000;

function makeStatus(reason: ErrorReason, text: string, facts: Readonly<Record<string, string>>): StatusObject {
  const code = codes[reason];
  const message = text.slice(0, statusCharacters);
  const metadata = new Metadata();
  const told = Object.fromEntries(
    Object.entries(facts)
      .filter(([, value]) => value !== '')
      .map(([key, value]) => [key, value.slice(0, statusCharacters)]),
  );
  const info = ErrorInfo.encode({ reason, domain: errorDomain, metadata: told }).finish();
  const details = [{ typeUrl: 'type.googleapis.com/google.rpc.ErrorInfo', value: Buffer.from(info) }];
  metadata.set('grpc-status-details-bin', Buffer.from(Status.encode({ code, message, details }).finish()));
  return { code, details: message, metadata };
}
