import type { ErrorReason } from '../../proto/reasons.js';
import type { RpcCode } from './rpc-code.js';

/** Reasons that arise on this side of the wire. */
export type ClientReason =
  /** The call was aborted through its `signal`, or the client was closed. */
  | 'CANCELLED'
  /** The agent was reached and did not answer in time. */
  | 'DEADLINE_EXCEEDED'
  /** Certificate, key or CA cannot be read or do not belong together. */
  | 'INVALID_CREDENTIALS'
  /** The agent's answer breaks the contract. */
  | 'MALFORMED_ANSWER'
  /** Plaintext was asked for to an address that is not loopback, or neither TLS nor plaintext was chosen. */
  | 'PLAINTEXT_REFUSED'
  /** One side did not accept the other's certificate, or only one of them speaks TLS 1.3. */
  | 'TLS_REFUSED'
  /** No connection to the agent, or it broke during the call. */
  | 'UNREACHABLE'
  /** None of the others; a reason of a newer agent is in `metadata.reason`. */
  | 'UNKNOWN';

/** Stable, machine-readable cause of a {@link RouteError}. */
export type RouteErrorReason = ErrorReason | ClientReason;

/** The Windows call that failed on the host. */
export interface Win32Error {
  /** GetLastError or NETIO status, such as 5010. */
  readonly code: number;
  /** "ERROR_OBJECT_ALREADY_EXISTS" */
  readonly name: string;
  /** FormatMessage text, where the host has one. */
  readonly message?: string | undefined;
  /** "CreateIpForwardEntry2" */
  readonly function?: string | undefined;
}

/** A failure as a plain value: of one operation, of a commit, of a step. `new RouteError(failure)` makes an error of it. */
export interface RouteFailure {
  /** gRPC status. */
  readonly code: RpcCode;
  /** What exactly went wrong; never renamed. */
  readonly reason: RouteErrorReason;
  readonly message: string;
  /** What to do about it, where that is known. */
  readonly remedy?: string | undefined;
  /** The Windows call behind it, where there was one. */
  readonly win32?: Win32Error | undefined;
  /** `google.rpc.ErrorInfo.metadata` as sent by the agent. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}

/** What a {@link RouteError} is made of. */
export interface RouteErrorDetails extends RouteFailure {
  readonly address?: string | undefined;
  readonly method?: string | undefined;
  readonly cause?: unknown;
}

const mark = Symbol.for('routefleet.RouteError');

/** Every failure of this SDK. `instanceof` also holds for errors of another copy of this package. */
export class RouteError extends Error {
  override readonly name: string = 'RouteError';
  /** gRPC status. */
  readonly code: RpcCode;
  /** What exactly went wrong; never renamed. */
  readonly reason: RouteErrorReason;
  /** What to do about it, where that is known. */
  readonly remedy: string | undefined;
  /** The Windows call behind it, where there was one. */
  readonly win32: Win32Error | undefined;
  /** `google.rpc.ErrorInfo.metadata` as sent by the agent; empty for errors of this side. */
  readonly metadata: Readonly<Record<string, string>>;
  /** "10.0.0.2:7420"; undefined where the error has nothing to do with one agent. */
  readonly address: string | undefined;
  /** "CreateRoute"; undefined outside a call. */
  readonly method: string | undefined;

  constructor({ code, reason, message, remedy, win32, metadata = {}, address, method, cause }: RouteErrorDetails) {
    super(message, { cause });
    Object.defineProperty(this, mark, { value: true });
    this.code = code;
    this.reason = reason;
    this.remedy = remedy;
    this.win32 = win32;
    this.metadata = metadata;
    this.address = address;
    this.method = method;
  }

  static override [Symbol.hasInstance](value: unknown): value is RouteError {
    return typeof value === 'object' && value !== null && mark in value;
  }
}
