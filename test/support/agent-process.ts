import { spawn } from 'node:child_process';
import type { Namespace } from './namespaces.js';

/** routefleet-agent as a process on Node.js. */
export interface AgentProcess {
  /** As it says that it listens, "192.0.2.1:7420". */
  readonly address: string;
  readonly pid: number;
  /** What it wrote to stdout and stderr so far. */
  output(): string;
  /** Ends it by a signal (default SIGTERM) and returns its exit code; null when the signal ended it. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** How to start one. */
export interface AgentProcessOptions {
  readonly namespace: Namespace;
  /** Arguments of routefleet-agent. */
  readonly args: readonly string[];
  /** RIG_FAULTS and the like. */
  readonly environment?: Readonly<Record<string, string>>;
  /** One file that was built from it. Default: agent/main.ts by tsx, which takes longer to start. */
  readonly bundle?: string | undefined;
}

/** Starts the agent in a namespace and waits until it listens. @throws with its output when it ends instead */
export async function startAgentProcess({ namespace, args, environment = {}, bundle }: AgentProcessOptions): Promise<AgentProcess> {
  // "ip netns exec" and "setpriv" become the program: signals and exit codes are those of node. It does not outlive this process.
  const main = bundle === undefined ? ['--import', 'tsx', 'agent/main.ts'] : [bundle];
  const program = ['setpriv', '--pdeathsig', 'KILL', process.execPath, ...main, ...args];
  const child = spawn('ip', ['netns', 'exec', namespace.name, ...program], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
  });
  let output = '';
  const exited = new Promise<number | null>((done) => child.on('close', (code) => done(code)));
  const address = await new Promise<string>((done, fail) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (data) => {
        output += data;
        const found = /"address":"([^"]+)"/.exec(output)?.[1];
        if (found !== undefined) done(found);
      });
    }
    exited.then((code) => fail(new Error(`the agent ended with ${code} before it listened:\n${output}`)));
  });
  return {
    address,
    pid: child.pid ?? 0,
    output: () => output,
    stop(signal = 'SIGTERM') {
      child.kill(signal);
      return exited;
    },
  };
}
