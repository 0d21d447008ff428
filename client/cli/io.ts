/** A stream that text goes to. */
export interface TextOutput {
  /** False: that is enough for now, and "drain" says when more is welcome. */
  write(text: string): unknown;
  once?(event: 'drain', listener: () => void): unknown;
}

/** What the CLI has of the world. */
export interface CliIo {
  readonly stdout: TextOutput;
  readonly stderr: TextOutput;
  /** Whether each stream takes colours. */
  readonly color: { readonly stdout: boolean; readonly stderr: boolean };
  /** Standard error is a terminal, on which a line can be drawn over itself. Default false. */
  readonly interactive?: boolean | undefined;
  /** Aborted by Ctrl-C, or when the process shall end (SIGTERM, SIGHUP). */
  readonly signal: AbortSignal;
  /** From now on work is in flight that is to be finished: when nobody reads the output any more, `signal` is aborted. Else the process ends at once. */
  finishUnheard?(): void;
}
