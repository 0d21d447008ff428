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

/** Runs the CLI in this process and collects what it writes. */
export async function run(
  args: readonly string[],
  { signal = new AbortController().signal, color = false, interactive = false }: RunOptions = {},
): Promise<CliRun> {
  const texts = { stdout: '', stderr: '' };
  const collect = (stream: keyof typeof texts) => ({
    write(text: string) {
      texts[stream] += text;
    },
  });
  const code = await runCli(args, {
    stdout: collect('stdout'),
    stderr: collect('stderr'),
    color: { stdout: color, stderr: color },
    interactive,
    signal,
  });
  return { code, ...texts };
}
