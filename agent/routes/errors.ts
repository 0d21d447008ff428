import type { ErrorReason } from '../../proto/reasons.js';

/** The Windows call that failed. */
export interface Win32Failure {
  readonly code: number;
  /** "ERROR_NOT_FOUND" */
  readonly name: string;
  /** FormatMessage text, where the system has one. */
  readonly message: string | undefined;
  /** "CreateIpForwardEntry2" */
  readonly function: string;
}

interface RouteTableErrorDetails {
  readonly remedy: string;
  readonly win32?: Win32Failure | undefined;
  /** Further facts, such as both metrics; they reach the caller as metadata. */
  readonly facts?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

/** Why a route table did not do what was asked. */
export class RouteTableError extends Error {
  override readonly name: string = 'RouteTableError';
  readonly reason: ErrorReason;
  readonly remedy: string;
  readonly win32: Win32Failure | undefined;
  readonly facts: Readonly<Record<string, string>>;

  constructor(reason: ErrorReason, message: string, { remedy, win32, facts = {}, cause }: RouteTableErrorDetails) {
    super(message, { cause });
    this.reason = reason;
    this.remedy = remedy;
    this.win32 = win32;
    this.facts = facts;
  }

  /** Everything but reason, message and remedy, as texts: the Windows call that failed, and further facts. */
  get metadata(): Readonly<Record<string, string>> {
    const { win32, facts } = this;
    if (win32 === undefined) return facts;
    const { code, name, message = '', function: functionName } = win32;
    return { ...facts, win32_code: String(code), win32_name: name, win32_message: message, function: functionName };
  }
}

/** What ends calls when the agent does. */
export function agentStopping(): RouteTableError {
  return new RouteTableError('AGENT_STOPPING', 'the agent is stopping', { remedy: 'try again when it is back' });
}
