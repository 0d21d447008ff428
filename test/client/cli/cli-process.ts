import { type ChildProcess, spawn } from 'node:child_process';

/** How a command line ended. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command line in a process of its own. */
export interface CliProcess {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

/** Starts the program with an environment in which nothing names hosts. Whoever asked ends it. */
export function startCli(args: readonly string[], environment: Readonly<Record<string, string>> = {}): CliProcess {
  const child = spawn(process.execPath, ['--import', 'tsx', 'client/cli/main.ts', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, ...environment },
  });
  const texts = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].on('data', (data) => {
      texts[stream] += data;
    });
  }
  const ended = new Promise<Ended>((resolve) => child.on('close', (code, signal) => resolve({ code, signal, ...texts })));
  return { child, ended };
}
