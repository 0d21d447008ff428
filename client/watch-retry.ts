import type { RouteError } from './errors/route-error.js';
import type { RpcCode } from './errors/rpc-code.js';

const baseMs = 250;
const capMs = 15_000;

/** Nothing that time would change. */
const finalCodes: readonly RpcCode[] = ['INVALID_ARGUMENT', 'PERMISSION_DENIED', 'UNAUTHENTICATED', 'UNIMPLEMENTED'];

/**
 * Whether a watch that failed so has to end. One that never ran ends with all that may be a mistake of whoever set it up, and so with certificates
 * that are not accepted; one that did run was set up rightly, and certificates are renewed and interfaces come and go.
 */
export function isFinal({ code, reason }: RouteError, everEstablished: boolean): boolean {
  if (reason === 'MALFORMED_ANSWER' || finalCodes.includes(code)) return true;
  if (everEstablished) return false;
  // An agent that stops cancels what runs; that of the caller is for the watch itself to know.
  if (code === 'CANCELLED' || reason === 'UNREACHABLE' || reason === 'DEADLINE_EXCEEDED') return false;
  return code !== 'UNAVAILABLE' || reason === 'TLS_REFUSED';
}

/** Times to wait between attempts. */
export interface Backoff {
  /** In milliseconds. */
  next(): number;
  /** An attempt was a success. */
  reset(): void;
}

/**
 * Doubles from 250 ms to 15 s, of which each time is at least the half and the rest chance: controllers that lost an agent together do not come
 * back together.
 *
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/ ("equal jitter")
 */
export function createBackoff(random: () => number): Backoff {
  let failures = 0;
  return {
    next() {
      const ms = Math.min(capMs, baseMs * 2 ** failures);
      failures += 1;
      return Math.round(ms / 2 + random() * (ms / 2));
    },
    reset() {
      failures = 0;
    },
  };
}
