import { CommanderError } from 'commander';
import { InvalidValueError } from '../proto/invalid-value.js';
import { ConfigError } from './config-error.js';
import { EnrollError } from './enroll/enroll-error.js';
import { WindowsError } from './host/windows/windows-error.js';

/** Exit codes of routefleet-agent beside 0. */
export const exitCodes = { failed: 1, usage: 64, unreachable: 69 } as const;

/** An error in words, and what the process ends with. */
export interface Explained {
  /** "what. Remedy: what to do."; empty: everything was said already. */
  readonly text: string;
  readonly exitCode: number;
}

/** What a person is told of an error that ends the agent or one of its commands. */
export function explain(error: unknown): Explained {
  // commander has printed its help or its message already.
  if (error instanceof CommanderError) return { text: '', exitCode: error.exitCode === 0 ? 0 : exitCodes.usage };
  if (error instanceof ConfigError || error instanceof InvalidValueError) {
    return { text: `${error.message}. Remedy: ${error.remedy}.`, exitCode: exitCodes.usage };
  }
  if (error instanceof EnrollError) {
    const exitCode = error.code === 'UNREACHABLE' ? exitCodes.unreachable : exitCodes.failed;
    return { text: `${error.message} (${error.code}). Remedy: ${error.remedy}.`, exitCode };
  }
  if (error instanceof WindowsError) return { text: `${error.message}. Remedy: ${error.remedy}.`, exitCode: exitCodes.failed };
  const { code, message } = error as NodeJS.ErrnoException;
  const remedy =
    code === 'EADDRINUSE' || message.includes('EADDRINUSE')
      ? 'another program listens there: stop it, or choose another --listen'
      : 'see the message; run with --log-level debug for more';
  return { text: `${message}. Remedy: ${remedy}.`, exitCode: exitCodes.failed };
}
