import { setTimeout as delay } from 'node:timers/promises';
import type { WinePrefix, WineProcess } from './wine.js';
import type { StagedPrograms } from './wine-stage.js';

const pollMs = 10;
const defaultTimeoutMs = 180_000;

/** How to start an agent. */
export interface WineAgentOptions {
  readonly prefix: WinePrefix;
  readonly staged: StagedPrograms;
  /** Arguments of routefleet-agent; paths can be Unix paths. */
  readonly args: readonly string[];
  /** WINEDLLPATH, for a library built with winegcc. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Default: that of the programs. A library built with winegcc can be named without a path from the directory of its .dll. */
  readonly workingDirectory?: string;
  /** Time for the agent to listen, and for it to stop. Default 180,000. */
  readonly timeoutMs?: number;
}

/** A line of the agent's log. */
export interface LogLine {
  readonly msg: string;
  readonly [member: string]: unknown;
}

/** An agent that listens. */
export interface WineAgent {
  /** Of the Linux process that runs it. */
  readonly pid: number;
  readonly port: number;
  log(): readonly LogLine[];
  stderr(): string;
  /** Asks the agent to stop, as Ctrl+C does on Windows. Returns its exit code. @throws when it does not stop in time, and is killed */
  stop(): Promise<number | undefined>;
  /** Ends it as a power cut does. */
  kill(): Promise<void>;
}

/** Runs routefleet-agent to its end: for configurations that cannot work. */
export async function runAgent(options: WineAgentOptions): Promise<{ readonly exitCode: number | undefined; readonly stderr: string }> {
  const agent = launch(options);
  const exitCode = await exitWithin(agent, options.timeoutMs);
  return { exitCode, stderr: agent.stderr() };
}

/** Starts routefleet-agent and waits until it listens. @throws with its output when it ends instead, or takes too long */
export async function startAgent(options: WineAgentOptions): Promise<WineAgent> {
  const agent = launch(options);
  const log = (): LogLine[] => parseLog(agent.stdout());
  const deadline = Date.now() + (options.timeoutMs ?? defaultTimeoutMs);
  for (;;) {
    const listening = log().find(({ msg }) => msg === 'listening');
    if (listening !== undefined) {
      const port = Number(String(listening.address).split(':').at(-1));
      return {
        pid: agent.pid,
        port,
        log,
        stderr: agent.stderr,
        stop: () => stop(agent, options.timeoutMs),
        async kill() {
          kill(agent);
          await agent.exited;
        },
      };
    }
    if (!agent.isRunning() || Date.now() > deadline) {
      const state = agent.isRunning() ? 'does not listen' : `ended with exit code ${await agent.exited}`;
      kill(agent);
      throw new Error(`the agent ${state}:\n${agent.stderr()}${agent.stdout()}`);
    }
    await delay(pollMs);
  }
}

function launch({ prefix, staged, args, environment = {}, workingDirectory = staged.directory }: WineAgentOptions): WineProcess {
  const [program, ...first] = staged.command('routefleet-agent');
  return prefix.start({ program, args: [...first, ...args], environment, workingDirectory });
}

async function stop(agent: WineProcess, timeoutMs: number | undefined): Promise<number | undefined> {
  // Windows has no SIGTERM. Wine hands SIGINT on as CTRL_C_EVENT, and node.exe that one as SIGINT.
  if (agent.isRunning()) process.kill(agent.pid, 'SIGINT');
  return exitWithin(agent, timeoutMs);
}

async function exitWithin(agent: WineProcess, timeoutMs = defaultTimeoutMs): Promise<number | undefined> {
  const ended = await Promise.race([agent.exited.then(() => true), delay(timeoutMs, false, { ref: false })]);
  if (ended) return agent.exited;
  kill(agent);
  throw new Error(`the agent did not end within ${timeoutMs} ms:\n${agent.stderr()}${agent.stdout()}`);
}

function kill(agent: WineProcess): void {
  if (agent.isRunning()) process.kill(agent.pid, 'SIGKILL');
}

/** The complete lines of a log that may still be written to. */
export function parseLog(text: string): LogLine[] {
  const lines = text.split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as LogLine);
}
