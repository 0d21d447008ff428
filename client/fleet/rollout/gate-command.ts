import { spawn } from 'node:child_process';
import { lastWords } from '../last-words.js';
import type { RolloutReason } from './rollout-event.js';
import type { GateCommand } from './rollout-spec.js';

/** What a command is told. */
export interface GateFacts {
  /** Id of the rollout. */
  readonly rollout: string;
  /** Number of the wave that is done, from 1. */
  readonly wave: number;
  readonly waves: number;
  /** Confirmed hosts. */
  readonly hosts: readonly string[];
}

/** Kept of what a command says. */
const keptCharacters = 4096;

/** What a command said last is waited for this long after it ended, in milliseconds. */
const lastWordsMs = 250;

/**
 * Runs a command with the facts in its environment (ROUTEFLEET_ROLLOUT, ROUTEFLEET_WAVE, ROUTEFLEET_WAVES) and the hosts on its standard input, a line
 * for each.
 *
 * @returns why the gate stays closed; undefined: the command ended with 0, or was ended since nobody wants to know any more
 */
export function runGateCommand(
  { command, directory }: GateCommand,
  { rollout, wave, waves, hosts }: GateFacts,
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<RolloutReason | undefined> {
  return new Promise((resolve) => {
    const facts = { ROUTEFLEET_ROLLOUT: rollout, ROUTEFLEET_WAVE: String(wave), ROUTEFLEET_WAVES: String(waves) };
    const isWindows = process.platform === 'win32';
    const child = spawn(command, {
      cwd: directory,
      shell: true,
      // A group of its own can be ended with all that it started; Windows has `taskkill` for that.
      detached: !isWindows,
      windowsHide: true,
      env: { ...process.env, ...facts },
    });
    let said = '';
    let late = false;

    function end(): void {
      if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
      if (isWindows) spawn('taskkill', ['/pid', String(child.pid), '/T', '/F'], { windowsHide: true }).on('error', () => child.kill());
      else process.kill(-child.pid, 'SIGKILL');
    }

    function settle(what: string | undefined): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      for (const stream of [child.stdout, child.stderr]) stream.destroy();
      const remedy = `run it by hand in ${directory}; it says by exit code 0 that the rollout may go on`;
      resolve(
        what === undefined || signal.aborted ? undefined : { reason: 'GATE_CLOSED', message: `the gate "${command}" ${what}`, remedy },
      );
    }

    const timer = setTimeout(() => {
      late = true;
      end();
    }, timeoutMs);
    signal.addEventListener('abort', end);
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        said = (said + text).slice(-keptCharacters);
      });
    }
    // A command that does not read is no mistake.
    child.stdin.on('error', () => {});
    child.stdin.end(hosts.map((host) => `${host}\n`).join(''));
    child.on('error', (error: NodeJS.ErrnoException) => settle(`cannot be started (${error.code ?? error.message})`));
    child.on('exit', (code, by) => {
      const tell = () => {
        if (late) settle(`took longer than ${timeoutMs} ms and was ended${lastWords(said)}`);
        else if (code === 0) settle(undefined);
        else settle(`${code === null ? `was ended by ${by}` : `ended with code ${code}`}${lastWords(said)}`);
      };
      // What it left in the background may keep its output open for ever.
      child.on('close', tell);
      setTimeout(tell, lastWordsMs).unref();
    });
    if (signal.aborted) end();
  });
}
