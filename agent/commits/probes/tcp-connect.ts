import { connect } from 'node:net';

/** Where to connect to, and for how long to try. */
export interface TcpTarget {
  /** An address or a name. */
  readonly host: string;
  readonly port: number;
  readonly timeoutMs: number;
}

/** Of several addresses of a name this many get their turn; Node.js would give up each but the last after 250 ms, which a slow link takes. */
const addressesToTry = 3;

/** Opens a connection and closes it again. @throws what the system says; the connection does not outlive `signal`. */
export function connectTcp({ host, port, timeoutMs }: TcpTarget, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, signal, autoSelectFamilyAttemptTimeout: Math.ceil(timeoutMs / addressesToTry) });
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.destroy();
      resolve();
    });
  });
}

/** Whether the other end itself refused: its answer came back. */
export function isRefused(error: unknown): boolean {
  return error instanceof Error && (error as NodeJS.ErrnoException).code === 'ECONNREFUSED';
}

const meanings: Readonly<Record<string, string>> = {
  EADDRNOTAVAIL: 'no address to connect from',
  EAI_AGAIN: 'the name servers do not answer',
  EACCES: 'a firewall or route of this host forbids it',
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  EHOSTUNREACH: 'host unreachable',
  ENETUNREACH: 'network unreachable',
  ENOTFOUND: 'the name is unknown',
  ETIMEDOUT: 'no answer',
};

/** What went wrong, for people; never empty. */
export function explainError(error: unknown): string {
  // A name with several addresses fails with one error for each, and no message.
  if (error instanceof AggregateError && error.errors.length > 0) return [...new Set(error.errors.map(explainError))].join(', ');
  if (!(error instanceof Error)) return String(error) || 'an error without a message';
  return meanings[(error as NodeJS.ErrnoException).code ?? ''] ?? (error.message || error.name);
}
