import type { RouteError, RouteErrorReason } from '../errors/route-error.js';

/** What the shell is told. The numbers above 63 are those of BSD's sysexits and of a shell after Ctrl-C. */
export const exitCodes = {
  ok: 0,
  failed: 1,
  changes: 2,
  partlyFailed: 3,
  rolledBack: 4,
  stalePlan: 5,
  usage: 64,
  unreachable: 69,
  interrupted: 130,
} as const;

/** One of {@link exitCodes}. */
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** What became of the hosts of a command. */
export interface Outcome {
  readonly succeeded: number;
  readonly errors: readonly RouteError[];
  /** Hosts that were not begun. */
  readonly untouched: number;
  /** The user pressed Ctrl-C. */
  readonly interrupted: boolean;
  /** Changes that would be made. Absent: the command does not look for any. */
  readonly changes?: boolean | undefined;
  /** Of the hosts that failed, those where a part was done and stands. Absent: none. */
  readonly partlyDone?: number | undefined;
}

/** Reasons that lie in what was given to this program, though they show per host. */
const inputReasons: ReadonlySet<string> = new Set(['INVALID_CREDENTIALS', 'PLAINTEXT_REFUSED']);

/** Whether every host failed for what was given to this program: nothing was sent. */
export function areInputProblems(problems: readonly { readonly reason: string }[]): boolean {
  return problems.length > 0 && problems.every(({ reason }) => inputReasons.has(reason));
}

/** The change was made and is undone, or will be. A probe that failed before anything was written belongs to no commit. */
function isUndone({ reason, metadata }: RouteError): boolean {
  return reason === 'ROLLED_BACK' || reason === 'NOT_CONFIRMED' || (reason === 'PROBE_FAILED' && metadata.commit_id !== undefined);
}

/** The exit code of a command that addressed hosts. */
export function exitCodeOf({ succeeded, errors, untouched, interrupted, changes = false, partlyDone = 0 }: Outcome): ExitCode {
  if (interrupted && (untouched > 0 || errors.some(({ reason }) => reason === 'CANCELLED'))) return exitCodes.interrupted;
  if (errors.length === 0) return changes ? exitCodes.changes : exitCodes.ok;
  if (succeeded + partlyDone > 0) return exitCodes.partlyFailed;
  const all = (isSo: (reason: RouteErrorReason) => boolean) => errors.every(({ reason }) => isSo(reason));
  if (all((reason) => reason === 'UNREACHABLE')) return exitCodes.unreachable;
  if (errors.every(isUndone)) return exitCodes.rolledBack;
  if (all((reason) => reason === 'STALE_PLAN')) return exitCodes.stalePlan;
  return areInputProblems(errors) ? exitCodes.usage : exitCodes.failed;
}
