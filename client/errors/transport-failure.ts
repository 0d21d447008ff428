import type { ServiceError } from '@grpc/grpc-js';
import { readMethods } from '../transport/read-methods.js';
import { connectionFailures, type FailureText } from './connection-failures.js';
import { RouteError } from './route-error.js';
import { rpcCodeOf } from './rpc-code.js';

/** What is known about a call that failed. */
export interface FailedCall {
  /** "10.0.0.2:7420" */
  readonly address: string;
  /** "ListRoutes" */
  readonly method: string;
  /** TLS, not plaintext. */
  readonly secure: boolean;
  /** A connection was there when the call failed. */
  readonly connected: boolean;
  /** Undefined: the call had no deadline. */
  readonly timeoutMs: number | undefined;
  /** The caller's signal, if it gave one. */
  readonly signal: AbortSignal | undefined;
}

/** An error that did not come from the agent's own code: of the connection, of gRPC, or of something between. */
export function transportFailure(error: ServiceError, call: FailedCall): RouteError {
  const code = rpcCodeOf(error.code);
  const { address, method, signal } = call;
  return new RouteError({ ...textOf(error, call), code, address, method, cause: signal?.aborted ? signal.reason : error });
}

function textOf(error: ServiceError, call: FailedCall): FailureText {
  const code = rpcCodeOf(error.code);
  if (code === 'CANCELLED') return cancelledText(call);
  if (code === 'DEADLINE_EXCEEDED') return deadlineText(call);
  if (code === 'UNIMPLEMENTED') return unimplementedText(call);
  if (code === 'UNAVAILABLE') return unavailableText(error.details, call);
  return { reason: 'UNKNOWN', message: error.details || `the call ended with status ${code}` };
}

function cancelledText(call: FailedCall): FailureText {
  const message = call.signal?.aborted ? 'cancelled by the caller' : 'cancelled, since the client was closed or the agent stopped';
  return { reason: 'CANCELLED', message, ...(mayBeDone(call) ? { remedy: repeatRemedy } : {}) };
}

/** Whether the host may have been changed all the same. */
function mayBeDone({ connected, method }: FailedCall): boolean {
  return connected && !readMethods.includes(method);
}

const repeatRemedy = 'look at the table before you repeat it: it may have been done';

function deadlineText(call: FailedCall): FailureText {
  const { address, connected, timeoutMs } = call;
  const time = timeoutMs === undefined ? 'in time' : `within ${timeoutMs} ms`;
  if (connected) {
    return {
      reason: 'DEADLINE_EXCEEDED',
      message: `${address} did not answer ${time}`,
      remedy: mayBeDone(call) ? repeatRemedy : 'allow more time, or look at the load and the log of the agent',
    };
  }
  return {
    reason: 'UNREACHABLE',
    message: `no connection to ${address} ${time}`,
    remedy: 'check that the host is up and that no firewall drops packets to this port',
  };
}

function unimplementedText({ address, method }: FailedCall): FailureText {
  return {
    reason: 'UNKNOWN',
    message: `${address} does not offer ${method}`,
    remedy: 'update the agent, and check that routefleet-agent, not another gRPC server, listens on this port',
  };
}

function unavailableText(details: string, call: FailedCall): FailureText {
  const match = connectionFailures.find(({ pattern }) => pattern.test(details));
  return (
    match?.text(call) ?? {
      reason: 'UNREACHABLE',
      message: `no connection to ${call.address}: ${withoutNoise(details)}`,
      remedy: 'check the network between here and the host, and that routefleet-agent runs there',
    }
  );
}

/** grpc-js wraps the socket's message in texts of its own, a time and an empty note. */
function withoutNoise(details: string): string {
  return details
    .replace(/^No connection established\. Last error: (Error: )?/, '')
    .replace(/\s*Resolution note:.*$/s, '')
    .replace(/\s*\(\d{4}-\d\d-\d\dT[^)]*\)/, '')
    .replace(/\.$/, '');
}
