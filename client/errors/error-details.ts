import type { Metadata } from '@grpc/grpc-js';
import { ErrorInfo } from '../../proto/gen/google/rpc/error_details.pb.js';
import { Status } from '../../proto/gen/google/rpc/status.pb.js';
import { errorDomain } from '../../proto/reasons.js';

/** Trailer in which gRPC carries a serialized google.rpc.Status. */
const detailsTrailer = 'grpc-status-details-bin';

/**
 * The agent's own description of an error. Undefined: the error is not the agent's, but of gRPC or of something between.
 *
 * @see https://google.aip.dev/193
 */
export function errorInfoOf(trailers: Metadata): ErrorInfo | undefined {
  const [bytes] = trailers.get(detailsTrailer);
  if (!(bytes instanceof Buffer)) return undefined;
  try {
    return Status.decode(bytes)
      .details.filter(({ typeUrl }) => typeUrl.endsWith('/google.rpc.ErrorInfo'))
      .map(({ value }) => ErrorInfo.decode(value))
      .find(({ domain }) => domain === errorDomain);
  } catch {
    // A trailer that cannot be read tells nothing; the status beside it still holds.
    return undefined;
  }
}
