import { CommanderError } from 'commander';
import { InvalidValueError } from '../../proto/invalid-value.js';
import { RouteError } from '../errors/route-error.js';
import { FleetError, type FleetErrorCode } from '../fleet/fleet-error.js';
import { type ExitCode, exitCodes } from './exit-code.js';
import type { CliIo } from './io.js';
import { createProgram } from './program.js';
import { type Failure, renderFailure } from './render/failure.js';
import { UsageError } from './usage-error.js';

/** Carries out one command line (without node and script) and says with what code the process shall end. */
export async function runCli(args: readonly string[], io: CliIo): Promise<ExitCode> {
  let code: ExitCode = exitCodes.ok;
  const program = createProgram({
    io,
    finish: (finished) => {
      code = finished;
    },
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    return explain(error, io);
  }
}

function explain(error: unknown, { stderr, color, signal }: CliIo): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  if (isInputError(error)) {
    for (const failure of failuresOf(error)) stderr.write(renderFailure('error', failure, color.stderr));
    // Such as of a command that prints the inventory.
    if (signal.aborted) return exitCodes.interrupted;
    return error instanceof FleetError && failedHere.has(error.code) ? exitCodes.failed : exitCodes.usage;
  }
  const message = `this should not happen: ${error instanceof Error ? error.message : String(error)}`;
  stderr.write(renderFailure('error', { message, remedy: 'report it with the command line that you used' }, color.stderr));
  return exitCodes.failed;
}

/** Not a mistake in what was given: something stands in the way on this machine. */
const failedHere: ReadonlySet<FleetErrorCode> = new Set(['ROLLOUT_LOCKED', 'ROLLOUT_DAMAGED', 'ROLLOUTS_UNUSABLE', 'WORKER_ENDED']);

type InputError = UsageError | FleetError | InvalidValueError | RouteError;

/** Outside the work on a host, a RouteError is about an option: the hosts have not been spoken to. */
function isInputError(error: unknown): error is InputError {
  return [UsageError, FleetError, InvalidValueError, RouteError].some((type) => error instanceof type);
}

/** An inventory may break several rules, one per line; the remedy is for all of them. */
function failuresOf(error: InputError): Failure[] {
  const { message, remedy } = error;
  const reason = 'reason' in error ? error.reason : undefined;
  const lines = message.split('\n');
  return lines.map((line, index) => ({ message: line, reason, remedy: index === lines.length - 1 ? remedy : undefined }));
}
