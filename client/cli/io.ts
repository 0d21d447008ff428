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
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}
