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
  return bytes instanceof Buffer ? readable(() => infoIn(Status.decode(bytes))) : undefined;
}

/** The same for a status inside an answer. */
export function errorInfoIn(status: Status): ErrorInfo | undefined {
  return readable(() => infoIn(status));
}

function infoIn({ details }: Status): ErrorInfo | undefined {
  return details
    .filter(({ typeUrl }) => typeUrl.endsWith('/google.rpc.ErrorInfo'))
    .map(({ value }) => ErrorInfo.decode(value))
    .find(({ domain }) => domain === errorDomain);
}

/** Details that cannot be read tell nothing; the status beside them still holds. */
function readable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
