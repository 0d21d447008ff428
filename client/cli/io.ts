/** A stream that text goes to. */
export interface TextOutput {
  write(text: string): unknown;
}

/** What the CLI has of the world. */
export interface CliIo {
  readonly stdout: TextOutput;
  readonly stderr: TextOutput;
  /** Whether each stream takes colours. */
  readonly color: { readonly stdout: boolean; readonly stderr: boolean };
  /** Standard error is a terminal, on which a line can be drawn over itself. Default false. */
  readonly interactive?: boolean | undefined;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}
