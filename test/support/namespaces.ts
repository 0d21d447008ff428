import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { createCleanup } from './cleanup.js';

const run = promisify(execFile);

/** Undefined: network namespaces can be made here. Otherwise what stands in the way, for the name of a skipped suite. */
export function missingForNamespaces(): string | undefined {
  if (process.platform !== 'linux') return 'Linux';
  const name = `routefleet-probe-${process.pid}`;
  const { error, status, stderr } = spawnSync('ip', ['netns', 'add', name], { encoding: 'utf8' });
  if (error !== undefined) return 'iproute2';
  if (status !== 0) return `the right to make network namespaces (${stderr.trim()})`;
  spawnSync('ip', ['netns', 'delete', name]);
  return undefined;
}

/** A network namespace of a test. */
export interface Namespace {
  readonly name: string;
  /** Runs `ip` in it, one argument a word. */
  ip(command: string): Promise<string>;
  /** Many `ip` commands at once, one a line without "ip", as `ip -batch` takes them. */
  batch(commands: readonly string[]): Promise<void>;
  /** Runs a program in it. @throws with its output when it fails */
  exec(program: string, ...args: string[]): Promise<string>;
}

/** Namespaces and the links between them; all is removed at the end. */
export interface Topology {
  namespace(name: string): Promise<Namespace>;
  /**
   * A link between two namespaces, up at both ends; an absent namespace is that of the test itself. Both ends have a link-local address from
   * the start: those that come by themselves would change the table some time later.
   */
  link(from: { namespace?: Namespace; device: string }, to: { namespace?: Namespace; device: string }): Promise<void>;
  remove(): Promise<void>;
}

let made = 0;
let linkLocals = 0;

/** A topology kit whose names no other test has. */
export function createTopology(): Topology {
  const cleanup = createCleanup();
  return {
    async namespace(name) {
      const namespace = `routefleet-${process.pid}-${made++}-${name}`;
      await ip(['netns', 'add', namespace]);
      cleanup.defer(() => ip(['netns', 'delete', namespace]));
      const entered = enter(namespace);
      await entered.ip('link set lo up');
      return entered;
    },
    async link(from, to) {
      await ip(['link', 'add', from.device, ...at(from.namespace), 'type', 'veth', 'peer', 'name', to.device, ...at(to.namespace)]);
      for (const { namespace, device } of [from, to]) {
        // A link of the test's own namespace does not go with a namespace; its peer, which does, takes it along.
        const where = namespace ? ['-netns', namespace.name] : [];
        await ip([...where, 'link', 'set', device, 'addrgenmode', 'none', 'up']);
        await ip([...where, 'address', 'add', `fe80::1:${(++linkLocals).toString(16)}/64`, 'dev', device, 'nodad']);
      }
    },
    remove: cleanup.run,
  };
}

function at(namespace: Namespace | undefined): string[] {
  return namespace === undefined ? [] : ['netns', namespace.name];
}

function enter(name: string): Namespace {
  const exec = async (program: string, ...args: string[]): Promise<string> =>
    (await run('ip', ['netns', 'exec', name, program, ...args], { maxBuffer: 256 * 1024 * 1024 })).stdout;
  return {
    name,
    exec,
    ip: (command) => ip(['-netns', name, ...command.split(' ')]),
    async batch(commands) {
      const batched = run('ip', ['-netns', name, '-force', '-batch', '-']);
      batched.child.stdin?.end(commands.join('\n'));
      await batched;
    },
  };
}

async function ip(args: readonly string[]): Promise<string> {
  return (await run('ip', args, { maxBuffer: 256 * 1024 * 1024 })).stdout;
}
