import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Namespace } from './namespaces.js';

/** What a command line did. */
export interface ControllerRun {
  /** Null: a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command line that runs. */
export interface LiveControllerRun {
  /** What it has written to stdout so far. */
  readonly stdout: string;
  /** Resolves when it has written this to stdout. @throws when it ends without */
  said(text: string): Promise<void>;
  /** Ends it by SIGKILL. */
  kill(): Promise<ControllerRun>;
  readonly ended: Promise<ControllerRun>;
}

/** The CLI as an operator runs it on the controller of a fleet: each command line is a process of its own. */
export interface FleetController {
  run(...args: readonly string[]): Promise<ControllerRun>;
  start(...args: readonly string[]): LiveControllerRun;
}

/** How a controller finds its files. */
export interface ControllerFiles {
  /** The CLI as one file. */
  readonly program: string;
  readonly inventory: string;
  readonly rolloutsDir: string;
}

/** A controller in a namespace. */
export function createFleetController(namespace: Namespace, { program, inventory, rolloutsDir }: ControllerFiles): FleetController {
  const env = { ...process.env, ROUTEFLEET_INVENTORY: inventory, ROUTEFLEET_ROLLOUTS_DIR: rolloutsDir };

  function start(...args: readonly string[]): LiveControllerRun {
    const command = ['setpriv', '--pdeathsig', 'KILL', process.execPath, program, ...args];
    const child = spawn('ip', ['netns', 'exec', namespace.name, ...command], { stdio: ['ignore', 'pipe', 'pipe'], env });
    const texts = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (text: string) => {
        texts[name] += text;
      });
    }
    const ended = once(child, 'close').then(([code, signal]): ControllerRun => ({ code, signal, ...texts }));
    return {
      get stdout() {
        return texts.stdout;
      },
      said: (text) =>
        new Promise((said, failed) => {
          const look = () => texts.stdout.includes(text) && said();
          look();
          child.stdout.on('data', look);
          ended.then((run) => failed(new Error(`it never said "${text}": ${JSON.stringify(run)}`)), failed);
        }),
      ended,
      kill() {
        child.kill('SIGKILL');
        return ended;
      },
    };
  }

  return { start, run: (...args) => start(...args).ended };
}
