import { spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import type { Namespace } from './namespaces.js';

/** A route message of the kernel, as iproute2 understood it. */
export interface LoggedRoute {
  readonly kind: 'new' | 'deleted';
  readonly destinationPrefix: string;
  readonly metric: number;
  /** More than one where the kernel tells of a group at once. On-link is the unspecified address. */
  readonly hops: readonly { readonly nextHop: string; readonly device: string }[];
}

/** `ip monitor`: a log of the routes of a namespace that shares no code with the agent or the rig. */
export interface IpMonitor {
  /** Routes of tables main and local, in order. */
  readonly routes: readonly LoggedRoute[];
  /** Resolves when everything that happened so far is in `routes`. */
  catchUp(): Promise<void>;
  /** Ends it. @throws when something was lost, or not understood */
  stop(): Promise<void>;
}

/** The row that `catchUp` adds and deletes: TEST-NET of RFC 5771 for multicast, which nothing else uses. */
export const sentinel = '233.252.0.0/24';

/** Starts one, and waits until it listens. */
export async function startIpMonitor(namespace: Namespace): Promise<IpMonitor> {
  const routes: LoggedRoute[] = [];
  const child = spawn('ip', ['-netns', namespace.name, '-rcvbuf', `${128 * 1024 * 1024}`, '-oneline', 'monitor', 'route'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let problems = '';
  let seen = 0;
  let rest = '';
  child.stderr.on('data', (data) => {
    problems += data;
  });
  child.stdout.setEncoding('utf8').on('data', (data) => {
    const lines = (rest + data).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line.includes(sentinel)) seen = Number(/ metric (\d+)/.exec(line)?.[1]);
      else if (line !== '') routes.push(parseLine(line));
    }
  });
  const ended = new Promise<void>((done) => child.once('close', () => done()));
  let sentinels = 0;
  const catchUp = async (): Promise<void> => {
    const mine = ++sentinels;
    while (seen < mine) {
      if (child.exitCode !== null) throw new Error(`ip monitor ended: ${problems}`);
      // More than once: before it listens, it hears nothing.
      await namespace.batch([`route add ${sentinel} dev lo metric ${mine}`, `route delete ${sentinel} dev lo metric ${mine}`]);
      for (let looks = 0; seen < mine && looks < 50; looks++) await delay(5);
    }
  };
  try {
    await catchUp();
  } catch (error) {
    child.kill();
    throw error;
  }
  return {
    routes,
    catchUp,
    async stop() {
      child.kill();
      await ended;
      // "No buffer space available" is how it tells of messages that it lost.
      if (problems !== '') throw new Error(`ip monitor: ${problems}`);
    },
  };
}

/** `Deleted local 192.0.2.2 dev dmz0 table local …`; the hops of a group follow after backslashes. */
function parseLine(line: string): LoggedRoute {
  const [head = '', ...tails] = line.split('\\');
  const words = head.trim().split(/\s+/);
  const kind = words[0] === 'Deleted' ? 'deleted' : 'new';
  if (kind === 'deleted') words.shift();
  if (/^[a-z]+$/.test(words[0] ?? '') && words[0] !== 'default') words.shift();
  const after = (parts: readonly string[], name: string): string | undefined => {
    const index = parts.indexOf(name);
    return index < 0 ? undefined : parts[index + 1];
  };
  const [destination = ''] = words;
  const isIpv6 = line.includes(' pref ') || destination.includes(':');
  const hops = (tails.length === 0 ? [words] : tails.map((tail) => tail.trim().split(/\s+/))).map((parts) => ({
    nextHop: after(parts, 'via') ?? (isIpv6 ? '::' : '0.0.0.0'),
    device: after(parts, 'dev') ?? '',
  }));
  return { kind, destinationPrefix: wholePrefix(destination, isIpv6), metric: Number(after(words, 'metric') ?? 0), hops };
}

/** iproute2 leaves out the length of a host route, and calls 0.0.0.0/0 and ::/0 "default". */
export function wholePrefix(text: string, isIpv6: boolean): string {
  if (text === 'default') return isIpv6 ? '::/0' : '0.0.0.0/0';
  if (text.includes('/')) return text;
  return `${text}/${isIpv6 ? 128 : 32}`;
}
