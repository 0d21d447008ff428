import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { cp, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createTemporaryDirectory } from './temporary.js';

/** Seconds that a wineserver outlives its last program: an interrupted test run then leaves none behind for good. */
const serverLingerSeconds = 60;
/** They only end what hangs: the first start of Wine on a machine reads all of it from the disk. */
const commandTimeoutMs = 240_000;
const serverTimeoutMs = 60_000;

/** What to run in a prefix. */
export interface WineProgram {
  /** A Windows program: a Unix path, or the name of one of Wine's own. */
  readonly program: string;
  readonly args?: readonly string[];
  /** Beside the variables of the prefix; nothing else of this process's environment is handed on. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly workingDirectory?: string;
}

/** A Windows program that was started. */
export interface WineProcess {
  /** The Linux process that runs the program; SIGINT reaches the program as Ctrl+C. */
  readonly pid: number;
  /** Exit code of the program; undefined: a signal ended it. Never rejects. */
  readonly exited: Promise<number | undefined>;
  isRunning(): boolean;
  /** All that was written so far. */
  stdout(): string;
  stderr(): string;
}

/** A Windows installation of its own, with its own wineserver. */
export interface WinePrefix {
  readonly directory: string;
  start(program: WineProgram): WineProcess;
  /** Runs a program to its end and returns what it wrote. @throws when it fails or takes longer than four minutes */
  run(program: WineProgram): Promise<string>;
  /** Ends every program of this prefix; the directory stays, and can be the template of others. */
  stop(): Promise<void>;
  /** Ends every program of this prefix, and removes it. */
  remove(): Promise<void>;
}

/** What this host lacks for runs under Wine, in words; undefined: nothing. */
export function missingForWine({ namespaces = false }: { readonly namespaces?: boolean } = {}): string | undefined {
  if (process.platform !== 'linux' || process.arch !== 'x64') return `Linux on x64 (this is ${process.platform} on ${process.arch})`;
  if (!succeeds('wine', '--version')) return 'Wine (Debian: apt-get install wine wine64)';
  if (!namespaces) return undefined;
  if (!succeeds('ip', '-Version')) return 'the ip command (Debian: apt-get install iproute2)';
  return succeeds('unshare', '--net', 'true') ? undefined : 'the right to make network namespaces (run as root)';
}

function succeeds(program: string, ...args: string[]): boolean {
  return spawnSync(program, args, { stdio: 'ignore', timeout: serverTimeoutMs }).status === 0;
}

/**
 * Makes a prefix that calls itself Windows 10, in a fresh temporary directory.
 *
 * @param options.namespace network namespace that everything of the prefix runs in. Wine reads routes in a driver process that all programs
 *   of a prefix share, so one prefix serves one namespace.
 * @param options.environment of every program, also of services: those have that of the first program of the prefix.
 * @param options.template a stopped prefix to copy, for tests that need several: copying takes 2 s, booting 10 s.
 */
export async function createWinePrefix({
  namespace,
  environment: common = {},
  template,
}: {
  readonly namespace?: string | undefined;
  readonly environment?: Readonly<Record<string, string>>;
  readonly template?: Pick<WinePrefix, 'directory'> | undefined;
} = {}): Promise<WinePrefix> {
  const root = await createTemporaryDirectory('wine');
  const directory = join(root, 'prefix');
  await mkdir(directory);
  const launcher = namespace === undefined ? [] : ['ip', 'netns', 'exec', namespace];
  const running = new Set<WineProcess>();
  let outputs = 0;

  const launch = (command: readonly string[], { environment, workingDirectory }: Omit<WineProgram, 'program'> = {}): WineProcess => {
    const output = join(root, `output-${outputs++}`);
    const started = startProcess([...launcher, ...command], output, {
      cwd: workingDirectory ?? root,
      env: { ...prefixEnvironment(directory), ...common, ...environment },
    });
    running.add(started);
    void started.exited.then(() => running.delete(started));
    return started;
  };
  const start = (program: WineProgram): WineProcess => launch(['wine', program.program, ...(program.args ?? [])], program);
  const run = (program: WineProgram): Promise<string> => finish(program.program, start(program), commandTimeoutMs);
  const server = (...args: string[]): Promise<string> => finish('wineserver', launch(['wineserver', ...args]), serverTimeoutMs);

  const stop = async (): Promise<void> => {
    for (const { pid } of running) process.kill(pid, 'SIGKILL');
    // Fails when there is no server any more.
    await server('--kill').catch(() => undefined);
    // The registry is on disk when the server has ended.
    await server('--wait');
  };
  const remove = async (): Promise<void> => {
    await stop();
    await rm(root, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  };

  try {
    if (template !== undefined) await cp(template.directory, directory, { recursive: true, verbatimSymlinks: true });
    await server(`--persistent=${serverLingerSeconds}`);
    if (template === undefined) {
      // The first program of a prefix sets it up, by a wineboot of its own: one that is asked for starts a second services.exe beside that one's, and
      // the two take the callers of the service manager in turn.
      // Without this setting Node.js refuses the Windows version; winecfg also sets the product name, which a bare registry value does not.
      await run({ program: 'winecfg', args: ['-v', 'win10'] });
    }
    return { directory, start, run, stop, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

function prefixEnvironment(directory: string): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '/usr/bin:/bin',
    // Where wineserver has its sockets: they go with the prefix.
    TMPDIR: directory,
    HOME: directory,
    LANG: 'C.UTF-8',
    WINEPREFIX: directory,
    WINEARCH: 'win64',
    WINEDEBUG: '-all',
    // No questions about Mono and Gecko, and no menu entries for the user who runs the tests.
    WINEDLLOVERRIDES: 'mscoree,mshtml,winemenubuilder.exe=d',
  };
}

/** Starts a command with its output in files: with pipes node.exe dies of EBADF, and programs that stay behind would keep a pipe open. */
function startProcess(command: readonly string[], output: string, options: { cwd: string; env: Record<string, string> }): WineProcess {
  // Whatever ends the test run, also SIGKILL, ends the program; the wineserver follows when it has no program left.
  const args = ['--pdeathsig', 'KILL', ...command];
  const files = [openSync(`${output}.out`, 'w'), openSync(`${output}.err`, 'w')] as const;
  const child = spawn('setpriv', args, { ...options, stdio: ['ignore', ...files] });
  for (const file of files) closeSync(file);
  const exited = exitOf(child);
  // Never 0 in its place: a signal to process 0 goes to the whole group.
  if (child.pid === undefined) throw new Error(`cannot be started: setpriv ${args.join(' ')}`);
  return {
    pid: child.pid,
    exited,
    isRunning: () => child.exitCode === null && child.signalCode === null,
    stdout: () => readFileSync(`${output}.out`, 'utf8'),
    stderr: () => readFileSync(`${output}.err`, 'utf8'),
  };
}

function exitOf(child: ChildProcess): Promise<number | undefined> {
  return new Promise((resolve) => {
    child.once('exit', (code) => resolve(code ?? undefined));
    child.once('error', () => resolve(undefined));
  });
}

/** Waits for the end of a program. @throws when it fails, or is killed because it took too long */
async function finish(name: string, started: WineProcess, timeoutMs: number): Promise<string> {
  const overdue = setTimeout(() => process.kill(started.pid, 'SIGKILL'), timeoutMs);
  const code = await started.exited;
  clearTimeout(overdue);
  if (code === 0) return started.stdout();
  const outcome = code === undefined ? `was killed, at the latest after ${timeoutMs} ms` : `ended with exit code ${code}`;
  throw new Error(`${name} ${outcome}: ${started.stderr()}${started.stdout()}`);
}
