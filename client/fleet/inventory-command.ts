import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { FleetError } from './fleet-error.js';
import { lastWords } from './last-words.js';

/** How a command that prints an inventory is run. */
export interface InventoryCommandOptions {
  /** Directory of the inventory file: the working directory, and what a program with a "/" in its name is relative to. */
  readonly directory: string;
  /** Where the command stands, for messages: "fleet.yaml:1:1". */
  readonly place: string;
  /** Default 30 s. */
  readonly timeoutMs?: number | undefined;
  /** Aborting it ends the command. */
  readonly signal?: AbortSignal | undefined;
}

/** Default of {@link InventoryCommandOptions.timeoutMs}. */
export const inventoryCommandTimeoutMs = 30_000;

/** A fleet of 100,000 hosts is some 20 MB. */
const maxOutputBytes = 256 * 1024 * 1024;

/** The command as its file has it, for messages. */
export function commandText(words: readonly string[]): string {
  return words.map((word) => (/^[\w@%+=:,./\\-]+$/.test(word) ? word : JSON.stringify(word))).join(' ');
}

/**
 * Runs program and arguments, without a shell and with nothing on standard input, and returns what it prints.
 *
 * @throws FleetError INVENTORY_UNREADABLE when it cannot be started, fails, takes too long or prints nothing
 */
export function runInventoryCommand(words: readonly [string, ...string[]], options: InventoryCommandOptions): Promise<string> {
  const { directory, place, timeoutMs = inventoryCommandTimeoutMs, signal } = options;
  const [name, ...args] = words;
  const program = /[/\\]/.test(name) ? resolve(directory, name) : name;
  return new Promise((done, fail) => {
    function refuse(what: string, remedy: string, cause?: unknown): void {
      fail(new FleetError('INVENTORY_UNREADABLE', `${place}: the inventory command "${commandText(words)}" ${what}`, remedy, cause));
    }
    const settings = {
      cwd: directory,
      timeout: timeoutMs,
      maxBuffer: maxOutputBytes,
      killSignal: 'SIGKILL',
      signal,
      windowsHide: true,
    } as const;

    function end(error: Error | null, stdout: string, stderr: string): void {
      if (error !== null) {
        const { what, remedy } = explain(error, { program, directory, timeoutMs, stderr });
        refuse(what, remedy, error);
      } else if (stdout.trim() === '') {
        refuse(`printed nothing${lastWords(stderr)}`, 'have it print the inventory on standard output, as JSON or YAML');
      } else done(stdout);
    }

    try {
      const child = execFile(program, args, settings, end);
      // Nobody types here; a command that does not read is no mistake.
      child.stdin?.on('error', () => {});
      child.stdin?.end();
    } catch (error) {
      // Windows refuses .cmd and .bat files at once, since they need a shell.
      end(error as Error, '', '');
    }
  });
}

interface Circumstances {
  readonly program: string;
  readonly directory: string;
  readonly timeoutMs: number;
  readonly stderr: string;
}

/** Says what became of the command, and what to do about it. */
function explain(
  error: Error,
  { program, directory, timeoutMs, stderr }: Circumstances,
): { readonly what: string; readonly remedy: string } {
  const { code, signal, killed } = error as Error & { code?: string | number; signal?: string; killed?: boolean };
  if (error.name === 'AbortError') return { what: 'was interrupted', remedy: 'run it again' };
  if (code === 'ENOENT') {
    return {
      what: `cannot be started: there is no program "${program}" (ENOENT)`,
      remedy: `install it or correct its name; a name without "/" is looked for in PATH, others from ${directory}; a script also needs the interpreter of its first line`,
    };
  }
  if (code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER') {
    return { what: `printed more than ${maxOutputBytes / 1024 / 1024} MB`, remedy: 'have it print the inventory alone' };
  }
  if (typeof code === 'string') {
    return {
      what: `cannot be started (${code})`,
      remedy: 'make it executable, or name its interpreter first: [python3, inventory.py]',
    };
  }
  if (killed === true) {
    return {
      what: `took longer than ${timeoutMs} ms and was ended${lastWords(stderr)}`,
      remedy: 'make it faster, or allow it more time (--timeout)',
    };
  }
  const end = typeof code === 'number' ? `failed with exit code ${code}` : `was ended by ${signal ?? 'a signal'}`;
  return { what: `${end}${lastWords(stderr)}`, remedy: `run it by hand in ${directory}, and have it print the inventory and exit with 0` };
}
