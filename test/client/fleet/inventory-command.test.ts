import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { FleetError, type FleetErrorCode } from '../../../client/fleet/fleet-error.js';
import { type Inventory, loadInventory } from '../../../client/fleet/inventory.js';
import type { InventoryOptions } from '../../../client/fleet/inventory-document.js';

const directory = mkdtempSync(join(tmpdir(), 'routefleet-command-'));
afterAll(() => rmSync(directory, { recursive: true }));

const node = JSON.stringify(process.execPath);

/** Writes a script beside the inventory and the inventory, and reads the latter. */
function load(script: string, inventory = `!exec [${node}, fleet.cjs]`, options?: InventoryOptions): Promise<Inventory> {
  writeFileSync(join(directory, 'fleet.cjs'), script);
  writeFileSync(join(directory, 'fleet.yaml'), inventory);
  return loadInventory(join(directory, 'fleet.yaml'), options);
}

/** Message and remedy, without the directory. */
async function refusal(loading: Promise<Inventory>, code: FleetErrorCode): Promise<string> {
  const error = await loading.then(
    () => 'nothing',
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof FleetError)) throw new Error(`not refused with a FleetError: ${String(error)}`);
  expect(error.code).toBe(code);
  return `${error.message}. Remedy: ${error.remedy}`.replaceAll(`${directory}/`, '').replaceAll(process.execPath, 'node');
}

const print = (value: unknown) => `process.stdout.write(${JSON.stringify(JSON.stringify(value))})`;

describe('an inventory that a command prints', { timeout: 30_000 }, () => {
  it('is read as if it stood in the file: relative paths, too', async () => {
    const { hosts, file } = await load(
      print({ defaults: { tls: { ca: 'ca.pem', certificate: 'me.pem', key: 'key.pem' } }, hosts: { web1: { labels: { site: 'ams' } } } }),
    );
    expect(file).toBe(join(directory, 'fleet.yaml'));
    expect(hosts).toMatchObject([{ name: 'web1', address: 'web1:7420', labels: { site: 'ams' }, tls: { ca: join(directory, 'ca.pem') } }]);
  });

  it('can be YAML', async () => {
    expect((await load('console.log("hosts:\\n  web1:\\n  web2: { port: 9 }")')).hosts).toMatchObject([
      { address: 'web1:7420' },
      { address: 'web2:9' },
    ]);
  });

  it('can be the hosts alone, with defaults and groups of the file', async () => {
    const { hosts } = await load(
      print({ web1: { groups: ['ams'] } }),
      `defaults: { port: 7000 }\ngroups: { ams: { labels: { site: ams } } }\nhosts: !exec [${node}, fleet.cjs]\n`,
    );
    expect(hosts).toMatchObject([{ name: 'web1', address: 'web1:7000', labels: { site: 'ams' } }]);
  });

  it('is run in the directory of the file, with the arguments as they are written and no shell', async () => {
    const script = `console.log(JSON.stringify({ hosts: { a: { labels: {
      directory: require('node:fs').realpathSync('.') === ${JSON.stringify(directory)} ? 'own' : process.cwd(),
      arguments: process.argv.slice(2).join('/').replaceAll(' ', '_'),
    } } } }))`;
    const { hosts } = await load(script, `!exec [${node}, fleet.cjs, 012, 1e3, "x y", $HOME, true]`);
    expect(hosts[0]?.labels).toEqual({ directory: 'own', arguments: '012/1e3/x_y/$HOME/true' });
  });

  it.skipIf(process.platform === 'win32')(
    'finds a program with a path from the directory of the file (skipped on Windows: no scripts with an interpreter line)',
    async () => {
      mkdirSync(join(directory, 'bin'), { recursive: true });
      writeFileSync(join(directory, 'bin/fleet'), '#!/bin/sh\necho "hosts: { a: }"\n');
      chmodSync(join(directory, 'bin/fleet'), 0o755);
      expect((await load('', '!exec [bin/fleet]')).hosts).toMatchObject([{ name: 'a' }]);
      expect((await load('', '!exec [./bin/fleet]')).hosts).toMatchObject([{ name: 'a' }]);
    },
  );

  it('has nothing on standard input to wait for', async () => {
    const script = `process.stdin.resume().on('end', () => console.log('hosts: { a: }'))`;
    expect((await load(script)).hosts).toMatchObject([{ name: 'a' }]);
  });

  it.each([
    [
      'a failure',
      `console.error('1\\n2\\n\\n3\\n4\\n5\\nno route to the CMDB'); process.exitCode = 7; ${print({ hosts: { a: null } })}`,
      /^fleet\.yaml:1:7: the inventory command "node fleet\.cjs" failed with exit code 7, and said: 2 \| 3 \| 4 \| 5 \| no route to the CMDB\. Remedy: run it by hand in /,
    ],
    ['a silent failure', 'process.exitCode = 1', /failed with exit code 1, and said nothing\. Remedy: /],
    ['an end by a signal', `process.kill(process.pid, 'SIGKILL')`, /was ended by SIGKILL.*Remedy: /],
    ['nothing printed', `console.error('no hosts yet')`, /printed nothing, and said: no hosts yet\. Remedy: have it print the inventory/],
  ])('refuses %s', async (_what, script, message) => {
    expect(await refusal(load(script), 'INVENTORY_UNREADABLE')).toMatch(message);
  });

  it.each([
    [
      'a program that is not there',
      '!exec [no-such-program, x]',
      /cannot be started: there is no program "no-such-program" \(ENOENT\)\. Remedy: install it/,
    ],
    ['a path that leads nowhere', 'hosts: !exec [./nowhere]', /^fleet\.yaml:1:\d+: .*there is no program "nowhere" \(ENOENT\)/],
    [
      'a program that is not executable',
      '!exec [./fleet.cjs]',
      /cannot be started \(EACCES\)\. Remedy: make it executable, or name its interpreter/,
    ],
  ])('refuses %s', async (_what, inventory, message) => {
    expect(await refusal(load('', inventory), 'INVENTORY_UNREADABLE')).toMatch(message);
  });

  it.each([
    ['no words', '!exec []', /^fleet\.yaml:1:\d+: !exec is not followed by a list .*Remedy: write it like "!exec \[python3/],
    ['a text', '!exec python3 inventory.py', /^fleet\.yaml:1:\d+: !exec is not followed by a list/],
    ['a list in the list', 'hosts: !exec [a, [b]]', /^fleet\.yaml:1:\d+: !exec in hosts is not followed by a list/],
    ['an empty program', '!exec ["", a]', /!exec is not followed by a list/],
    ['a place where none belongs', 'groups: !exec [a]\nhosts: { a: }', /^fleet\.yaml:1:15: \["a"\] in groups is not a map/],
    ['another tag', '!exce [a]', /^fleet\.yaml:1:7: unknown tag "!exce"\. Remedy: leave the tag out, or write !exec/],
  ])('refuses a command of %s', async (_what, inventory, message) => {
    expect(await refusal(load('', inventory), 'INVENTORY_INVALID')).toMatch(message);
  });

  it.each([
    ['what cannot be parsed', `console.log('{"hosts": {"a": }}}')`, /^output of "node fleet\.cjs":1:\d+: .*Remedy: correct the YAML/],
    ['what is no inventory', 'console.log("hello")', /^output of "node fleet\.cjs":1:1: "hello" is not a map\. Remedy: an inventory has/],
    ['an unknown key', print({ hosts: { a: { adress: 'x' } } }), /^output of "node fleet\.cjs":1:16: unknown key "adress" in hosts\.a/],
    [
      'a group that is none',
      print({ hosts: { a: { groups: ['b'] } } }),
      /^output of "node fleet\.cjs":1:\d+: "b" in hosts\.a\.groups is no group/,
    ],
    ['no hosts', print({ hosts: {} }), /^output of "node fleet\.cjs":1:\d+: the inventory has no hosts/],
    ['another command', `console.log('!exec [a]')`, /^output of "node fleet\.cjs":1:\d+: unknown tag "!exec"\. Remedy: leave the tag out/],
  ])('refuses %s, and names the command', async (_what, script, message) => {
    expect(await refusal(load(script), 'INVENTORY_INVALID')).toMatch(message);
  });

  it('tells mistakes of printed hosts with the command, and those of the file with its line', async () => {
    const inventory = `groups: { ams: { port: 0 } }\nhosts: !exec [${node}, fleet.cjs]\n`;
    expect(await refusal(load(print({ a: { port: 70_000 } }), inventory), 'INVENTORY_INVALID')).toMatch(
      /^fleet\.yaml:1:24: 0 in groups\.ams\.port is below 1\noutput of "node fleet\.cjs":1:14: 70000 in hosts\.a\.port is above 65535\. /,
    );
  });

  it('ends a command that takes too long, and what it has started does not hold it up', async () => {
    const script = `require('node:child_process').spawn(process.execPath, ['-e', 'setTimeout(() => {}, 20_000)'], { stdio: 'inherit' });`;
    expect(await refusal(load(script, undefined, { commandTimeoutMs: 400 }), 'INVENTORY_UNREADABLE')).toMatch(
      /took longer than 400 ms and was ended, and said nothing\. Remedy: make it faster, or allow it more time \(--timeout\)/,
    );
  });

  it('ends a command when it is interrupted', async () => {
    const interruption = new AbortController();
    const loading = load('setInterval(() => {}, 1000)', undefined, { signal: interruption.signal });
    interruption.abort();
    expect(await refusal(loading, 'INVENTORY_UNREADABLE')).toMatch(/was interrupted\. Remedy: run it again/);
  });
});
