import { runCli } from '../../../client/cli/run-cli.js';

/** What one command line did. */
export interface CliRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How the command line is run. */
export interface RunOptions {
  readonly signal?: AbortSignal;
  /** Both streams take colours. Default false. */
  readonly color?: boolean;
  /** Standard error is a terminal. Default false. */
  readonly interactive?: boolean;
}

/** A command line that is being carried out. */
export interface LiveRun {
  /** What it has written so far. */
  readonly stdout: string;
  readonly stderr: string;
  readonly ended: Promise<CliRun>;
}

/** Runs the CLI in this process and collects what it writes. */
export function run(args: readonly string[], options: RunOptions = {}): Promise<CliRun> {
  return start(args, options).ended;
}

/** The same, with what it writes as it does. */
export function start(
  args: readonly string[],
  { signal = new AbortController().signal, color = false, interactive = false }: RunOptions = {},
): LiveRun {
  const texts = { stdout: '', stderr: '' };
  const collect = (stream: keyof typeof texts) => ({
    write(text: string) {
      texts[stream] += text;
    },
  });
  const code = runCli(args, {
    stdout: collect('stdout'),
    stderr: collect('stderr'),
    color: { stdout: color, stderr: color },
    interactive,
    signal,
  });
  return {
    get stdout() {
      return texts.stdout;
    },
    get stderr() {
      return texts.stderr;
    },
    ended: code.then((code) => ({ code, ...texts })),
  };
}
