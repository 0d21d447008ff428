import { EventEmitter } from 'node:events';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { TestAgent } from '../../../agent/testing.js';
import { runCli } from '../../../client/cli/run-cli.js';
import { startFaultProxy } from '../../support/fault-proxy.js';
import { startFleet, type TestFleet } from '../test-fleet.js';
import { type LiveRun, run, start } from './run.js';

let fleet: TestFleet;
let web1: TestAgent;
beforeAll(async () => {
  fleet = await startFleet({ web1: {}, database1: { profile: 'datacenter' }, web2: { down: true } });
  web1 = fleet.agent('web1');
});
afterAll(() => fleet?.close());

const watches: { readonly live: LiveRun; readonly interruption: AbortController }[] = [];
afterEach(async () => {
  for (const { interruption } of watches) interruption.abort();
  await Promise.all(watches.splice(0).map(({ live }) => live.ended));
});

interface Watch extends LiveRun {
  /** Resolves with what it has written, once that holds all of these. */
  until(stream: 'stdout' | 'stderr', ...parts: readonly (string | RegExp)[]): Promise<string>;
  interrupt(): void;
}

/** Begins to watch hosts of the inventory, and waits until it does. */
async function watch(args: readonly string[], { hosts = ['web1'] }: { readonly hosts?: readonly string[] } = {}): Promise<Watch> {
  const interruption = new AbortController();
  const named = hosts.flatMap((host) => ['--host', host]);
  const live = start(['watch', '--inventory', fleet.inventory, ...named, ...args], { signal: interruption.signal });
  watches.push({ live, interruption });
  const self: Watch = {
    get stdout() {
      return live.stdout;
    },
    get stderr() {
      return live.stderr;
    },
    ended: live.ended,
    async until(stream, ...parts) {
      for (const part of parts) await expect.poll(() => live[stream], { timeout: 50_000 }).toMatch(part);
      return live[stream];
    },
    interrupt: () => interruption.abort(new Error('interrupted')),
  };
  if (args.includes('ndjson')) await self.until('stdout', '"synchronized"');
  else await self.until('stderr', '* watching');
  return self;
}

let count = 0;
/** A prefix that no other test has. */
function freshPrefix(): string {
  return `10.99.${count++}.0/24`;
}

const onEthernet = { nextHop: '10.20.0.254', interfaceAlias: 'Ethernet' } as const;
const time = /\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z/.source;

/** The line about a prefix. */
function lineOf(text: string, ...parts: readonly string[]): string {
  return text.split('\n').find((line) => parts.every((part) => line.includes(part))) ?? '';
}

function objects(text: string): Record<string, unknown>[] {
  expect(text.endsWith('\n')).toBe(true);
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));
}

describe('routefleet watch', () => {
  it('shows what other programs add, change and remove', async () => {
    const { until, stderr } = await watch([]);
    expect(stderr).toMatch(new RegExp(`^${time}  web1  \\* watching \\d+ routes \\((notifications|polling every .*)\\)\\n$`));
    const destinationPrefix = freshPrefix();
    web1.control.addRoute({ destinationPrefix, ...onEthernet, metric: 5 });
    await until('stdout', `+ ${destinationPrefix}`);
    web1.control.setRoute({ destinationPrefix, ...onEthernet, metric: 10 });
    await until('stdout', `~ ${destinationPrefix}`);
    web1.control.deleteRoute({ destinationPrefix, ...onEthernet });
    const stdout = await until('stdout', `- ${destinationPrefix}`);
    const key = `${destinationPrefix.padEnd(18)}  via 10.20.0.254      on Ethernet`;
    expect(stdout.replace(new RegExp(time, 'g'), 'TIME').split('\n')).toEqual([
      `TIME  web1  + ${key}  metric 5, netMgmt  external`,
      `TIME  web1  ~ ${key}  metric 5 -> 10     external`,
      `TIME  web1  - ${key}  metric 10, netMgmt  external`,
      '',
    ]);
  });

  it('shows which commit of an agent did it, and whose row it is', async () => {
    const { until } = await watch([]);
    const prefix = freshPrefix();
    const host = ['--inventory', fleet.inventory, '--host', 'web1'];
    const added = await run(['routes', 'add', prefix, '--next-hop', '10.20.0.254', '--owner', 'team-net', '-o', 'json', ...host]);
    const [{ commit }] = JSON.parse(added.stdout);
    const line = lineOf(await until('stdout', `+ ${prefix}`), prefix);
    expect(line).toMatch(new RegExp(` commit ${commit.id}, owner team-net$`));
  });

  it('shows what changed while the agent was down, and that nobody knows who did it', async () => {
    const { until } = await watch([]);
    const destinationPrefix = freshPrefix();
    const restarted = web1.restart();
    web1.control.addRoute({ destinationPrefix, ...onEthernet });
    await restarted;
    const stderr = await until('stderr', 'up to date again: ');
    expect(stderr).toMatch(new RegExp(`^${time}  web1  ! .*\\(\\w+\\)\\. Trying again until it answers, first in .*s\\..*$`, 'm'));
    expect(stderr).toMatch(/ {2}web1 {2}! changes may have been missed, the agent was restarted: looking for them\n/);
    const stdout = await until('stdout', `+ ${destinationPrefix}`);
    expect(lineOf(stdout, destinationPrefix)).toMatch(/ {2}unknown, found after a gap$/);
  });

  it('goes on without loss when only the connection broke, and says so', async () => {
    const proxy = await startFaultProxy(web1.address);
    onTestFinished(proxy.close);
    const options = ['--address', proxy.address, ...fleet.tlsArgs];
    const interruption = new AbortController();
    const live = start(['watch', ...options], { signal: interruption.signal });
    await expect.poll(() => live.stderr, { timeout: 50_000 }).toContain('* watching');
    proxy.cut();
    const destinationPrefix = freshPrefix();
    web1.control.addRoute({ destinationPrefix, ...onEthernet });
    await expect.poll(() => live.stderr, { timeout: 50_000 }).toMatch(/ {2}\* connected again, nothing was missed: \d+ routes \(/);
    await expect.poll(() => live.stdout, { timeout: 50_000 }).toContain(destinationPrefix);
    interruption.abort();
    const { code, stdout, stderr } = await live.ended;
    expect(code).toBe(0);
    expect(lineOf(stdout, destinationPrefix)).toMatch(/ {2}external$/);
    expect(stderr).toMatch(/ {2}! .*\(UNREACHABLE\)\. Trying again until it answers/);
  });

  it('goes on with the others when one is down, tells that once, and lines up with the longest name', async () => {
    const { until, interrupt, ended } = await watch([], { hosts: ['web1', 'database1', 'web2'] });
    await until('stderr', 'web1       * watching', 'database1  * watching', 'web2       !');
    const prefixes = [freshPrefix(), freshPrefix()] as const;
    web1.control.addRoute({ destinationPrefix: prefixes[0], ...onEthernet });
    fleet.agent('database1').control.addRoute({ destinationPrefix: prefixes[1], nextHop: '10.30.0.9', interfaceAlias: 'Ethernet0' });
    const stdout = await until('stdout', prefixes[0], prefixes[1]);
    expect(lineOf(stdout, prefixes[0])).toContain(`Z  web1       + ${prefixes[0]}`);
    expect(lineOf(stdout, prefixes[1])).toContain(`Z  database1  + ${prefixes[1]}`);
    interrupt();
    const { code, stderr } = await ended;
    expect(stderr.match(/web2 .*/g)).toEqual([
      `web2       ! connection refused at ${fleet.addressOf('web2')} (UNREACHABLE). Trying again until it answers, first in ${/first in (\S+)/.exec(stderr)?.[1]} Remedy: check that routefleet-agent runs on the host and listens on this port.`,
    ]);
    expect(code).toBe(0);
  });

  it('begins with the rows that are there when asked to, filtered by the host', async () => {
    const destinationPrefix = freshPrefix();
    web1.control.addRoute({ destinationPrefix, ...onEthernet, metric: 7 });
    const { until } = await watch(['--snapshot', '--within', destinationPrefix]);
    web1.control.setRoute({ destinationPrefix, ...onEthernet, metric: 8 });
    const stdout = await until('stdout', `~ ${destinationPrefix}`);
    expect(stdout.split('\n').map((line) => line.slice(32))).toEqual([
      `= ${destinationPrefix.padEnd(18)}  via 10.20.0.254      on Ethernet  metric 7, netMgmt`,
      `~ ${destinationPrefix.padEnd(18)}  via 10.20.0.254      on Ethernet  metric 7 -> 8      external`,
      '',
    ]);
  });

  it('shows nothing of rows that the filter does not take, and a row that leaves it as removed', async () => {
    const { until } = await watch(['--owner', 'team-filter']);
    const [foreign, own] = [freshPrefix(), freshPrefix()];
    web1.control.addRoute({ destinationPrefix: foreign, ...onEthernet });
    const host = ['--inventory', fleet.inventory, '--host', 'web1'];
    const owner = ['--owner', 'team-filter'];
    expect((await run(['routes', 'add', own, '--next-hop', '10.20.0.254', ...owner, ...host])).code).toBe(0);
    await until('stdout', `+ ${own}`);
    expect((await run(['routes', 'delete', own, '--next-hop', '10.20.0.254', ...owner, ...host])).code).toBe(0);
    const stdout = await until('stdout', `- ${own}`);
    expect(stdout).not.toContain(foreign);
    expect(stdout.match(/\n/g)).toHaveLength(2);
  });

  it('writes ndjson that can be read line by line: changes and how the watch goes, in one stream', async () => {
    const { until, interrupt, ended } = await watch(['-o', 'ndjson', '--snapshot', '--covering', '192.0.2.1']);
    const destinationPrefix = '192.0.2.0/24';
    web1.control.addRoute({ destinationPrefix, ...onEthernet, metric: 5 });
    await until('stdout', '"added"');
    web1.control.setRoute({ destinationPrefix, ...onEthernet, metric: 6 });
    await until('stdout', '"changed"');
    await web1.restart();
    await until('stdout', /"disconnected"[\s\S]*"synchronized"/);
    web1.control.deleteRoute({ destinationPrefix, ...onEthernet });
    await until('stdout', '"removed"');
    interrupt();
    const { code, stdout, stderr } = await ended;
    expect([code, stderr]).toEqual([0, '']);
    const all = objects(stdout);
    expect(all.map(({ event }) => event)).toEqual([
      'connected',
      'present',
      'synchronized',
      'added',
      'changed',
      'disconnected',
      'connected',
      'resynchronizing',
      'synchronized',
      'removed',
    ]);
    for (const object of all) expect(object).toMatchObject({ host: 'web1', time: expect.stringMatching(new RegExp(`^${time}$`)) });
    const [, present, synchronized, added, changed, , , resynchronizing] = all;
    const revision = expect.stringMatching(/^\d+$/);
    expect(present).toMatchObject({ revision, route: { destinationPrefix: '0.0.0.0/0', interfaceLuid: expect.any(String) } });
    expect(synchronized).toMatchObject({ revision, resumed: false, routeCount: 1 });
    expect(added).toMatchObject({ revision, cause: 'external', route: { destinationPrefix, metric: 5 } });
    expect(added).not.toHaveProperty('previous');
    expect(changed).toMatchObject({ cause: 'external', route: { metric: 6 }, previous: { metric: 5 } });
    expect(resynchronizing).toMatchObject({ reason: 'otherBoot' });
  });

  it('writes no more than standard output takes, and misses nothing by that', async () => {
    const witness = await watch([]);
    const interruption = new AbortController();
    const stdout = Object.assign(new EventEmitter(), {
      texts: [] as string[],
      write(text: string) {
        this.texts.push(text);
        return false;
      },
    });
    const ended = runCli(['watch', '--inventory', fleet.inventory, '--host', 'web1', '--snapshot', '-o', 'ndjson'], {
      stdout,
      stderr: { write: () => true },
      color: { stdout: false, stderr: false },
      signal: interruption.signal,
    });
    const lines = () => stdout.texts.join('').match(/\n/g)?.length ?? 0;
    await expect.poll(lines, { timeout: 50_000 }).toBe(1);
    stdout.emit('drain');
    await expect.poll(() => stdout.texts.length, { timeout: 50_000 }).toBe(2);
    const destinationPrefix = freshPrefix();
    web1.control.addRoute({ destinationPrefix, ...onEthernet });
    await witness.until('stdout', destinationPrefix);
    expect(stdout.texts).toHaveLength(2);
    stdout.emit('drain');
    await expect.poll(() => stdout.texts.join(''), { timeout: 50_000 }).toContain(destinationPrefix);
    interruption.abort();
    expect(await ended).toBe(0);
  });

  it('ends with an interruption: exit 0, all lines whole', async () => {
    const { until, interrupt, ended } = await watch([]);
    web1.control.addRoute({ destinationPrefix: freshPrefix(), ...onEthernet });
    await until('stdout', '\n');
    interrupt();
    const { code, stdout, stderr } = await ended;
    expect(code).toBe(0);
    expect(stdout).toMatch(/\n$/);
    expect(stderr).toMatch(/^.* \* watching .*\n$/);
  });

  it('ends with an interruption while no host can be reached', async () => {
    const interruption = new AbortController();
    const live = start(['watch', '--inventory', fleet.inventory, '--host', 'web2'], { signal: interruption.signal });
    await expect.poll(() => live.stderr, { timeout: 50_000 }).toContain('UNREACHABLE');
    interruption.abort();
    expect(await live.ended).toMatchObject({ code: 0, stdout: '' });
  });
});

describe('a watch that cannot go on', () => {
  it('goes on with the others, and exits 3 in the end', async () => {
    const inventory = await fleet.write(
      'half.yaml',
      JSON.stringify({
        defaults: { tls: { ca: 'ca.pem', certificate: 'controller.pem', key: 'controller-key.pem' } },
        hosts: { web1: { address: fleet.addressOf('web1') }, bad: { address: fleet.addressOf('database1'), tls: { serverName: 'other' } } },
      }),
    );
    const interruption = new AbortController();
    const live = start(['watch', '--inventory', inventory], { signal: interruption.signal });
    await expect.poll(() => live.stderr, { timeout: 50_000 }).toMatch(/web1 {2}\* watching/);
    await expect.poll(() => live.stderr, { timeout: 50_000 }).toMatch(/bad {3}! no longer watched: .*\(TLS_REFUSED\)\./);
    const destinationPrefix = freshPrefix();
    web1.control.addRoute({ destinationPrefix, ...onEthernet });
    await expect.poll(() => live.stdout, { timeout: 50_000 }).toContain(destinationPrefix);
    interruption.abort();
    expect((await live.ended).code).toBe(3);
  });

  it('on any host ends by itself, with the exit code of other commands', async () => {
    const options = ['--address', fleet.addressOf('web1'), ...fleet.tlsArgs, '--tls-server-name', 'other'];
    const { code, stdout, stderr } = await run(['watch', ...options]);
    const other = await run(['agent', 'info', ...options]);
    expect(stderr).toMatch(/ ! no longer watched: .*\(TLS_REFUSED\)\. Remedy: .*\.\n$/);
    expect([code, stdout]).toEqual([other.code, '']);
    expect(code).toBe(1);
    const asObjects = await run(['watch', '-o', 'ndjson', ...options]);
    expect(objects(asObjects.stdout)).toMatchObject([{ event: 'failed', error: { reason: 'TLS_REFUSED' } }]);
    expect(asObjects.stderr).toMatch(/^127\.0\.0\.1:\d+: .*\(TLS_REFUSED\)\. Remedy: .*\.\n$/);
  });
});
