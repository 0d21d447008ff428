// biome-ignore-all lint/suspicious/noTemplateCurlyInString: host variables of desired states are written so
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatPrefix } from '../../../proto/prefix.js';
import { startFleet, type TestFleet } from '../test-fleet.js';
import { type CliRun, run } from './run.js';

let fleet: TestFleet;
beforeAll(async () => {
  fleet = await startFleet({
    web1: { labels: { site: 'ams', 'site.gateway': '10.20.0.251' } },
    web2: { labels: { site: 'ams', 'site.gateway': '10.20.0.252' } },
    db1: { labels: { site: 'fra' } },
    mail1: { labels: { site: 'lon' } },
  });
});
afterAll(() => fleet?.close());

const route = (prefix: string, nextHop: string) => `{ prefix: ${prefix}, nextHop: ${nextHop}, interface: Ethernet }`;
const ams = `{ labels: site=ams, routes: [${route('10.9.0.0/16', '"${site.gateway}"')}] }`;
const databases = `{ hosts: db*, routes: [${route('10.8.0.0/16', '10.20.0.1')}] }`;
const all = `{ hosts: ["web*", db1], routes: [${route('10.7.0.0/16', '10.20.0.1')}] }`;

async function withSections(command: string, sections: readonly string[], ...args: readonly string[]): Promise<CliRun> {
  const file = await fleet.write('routes.yaml', `owner: team-net\nsections:\n${sections.map((section) => `  - ${section}\n`).join('')}`);
  return run([command, '-f', file, '--inventory', fleet.inventory, ...args]);
}

/** Prefixes of team-net on the simulated host itself. */
function onHost(name: string): readonly string[] {
  const rows = fleet.agent(name).control.routes();
  return rows.map((row) => formatPrefix(row.destinationPrefix)).filter((prefix) => /^10\.[789]\.0\.0\/16$/.test(prefix));
}

/** One story, in order. */
describe('a desired state in sections', () => {
  it('is planned for every host with its own labels, and names hosts that it says nothing about', async () => {
    const { code, stdout, stderr } = await withSections('plan', [ams, databases, all]);
    expect(stdout).toMatch(/^web1\n {2}2 to create\n {2}\+ 10\.9\.0\.0\/16 +via 10\.20\.0\.251 /);
    expect(stdout).toMatch(/\nweb2\n {2}2 to create\n {2}\+ 10\.9\.0\.0\/16 +via 10\.20\.0\.252 /);
    expect(stdout).toMatch(/\ndb1\n {2}2 to create\n {2}\+ 10\.8\.0\.0\/16 /);
    expect(stdout).toMatch(/\n3 hosts: 3 with changes; 6 to create\n$/);
    expect([code, stderr]).toEqual([2, 'no section fits, left as they are: mail1\n']);
  });

  it('is applied to what it fits among the hosts that are chosen', async () => {
    expect(await withSections('apply', [ams, databases, all], '--all')).toMatchObject({
      code: 0,
      stderr: 'no section fits, left as they are: mail1\n',
    });
    expect(['web1', 'web2', 'db1', 'mail1'].map(onHost)).toEqual([
      ['10.9.0.0/16', '10.7.0.0/16'],
      ['10.9.0.0/16', '10.7.0.0/16'],
      ['10.8.0.0/16', '10.7.0.0/16'],
      [],
    ]);
  });

  it('leaves alone what a host had from a section that is gone, and deletes it when another one fits', async () => {
    const gone = await withSections('apply', [ams], '--host', 'web1', '--host', 'db1');
    expect(gone).toMatchObject({ code: 0, stderr: 'no section fits, left as they are: db1\n' });
    expect([onHost('web1'), onHost('db1')]).toEqual([['10.9.0.0/16'], ['10.8.0.0/16', '10.7.0.0/16']]);
    await withSections('apply', [ams, '{ hosts: "*", routes: [] }'], '--host', 'db1');
    expect(onHost('db1')).toEqual([]);
  });

  it.each([
    [
      'a section for hosts that the inventory does not have',
      [ams, '{ labels: site=par, routes: [] }'],
      [],
      /no host has the labels site=par \(sections\[1\]\.labels\)/,
    ],
    [
      'a label that is missing',
      [ams, `{ hosts: db1, routes: [${route('10.6.0.0/16', '"${site.gateway}"')}] }`],
      [],
      /routes\.yaml:4:\d+: "\$\{site\.gateway\}" .* the host db1 has no label "site\.gateway"\. Remedy: give every such host/,
    ],
    [
      'the same route from two sections',
      [all, `{ hosts: db1, routes: [${route('10.7.0.0/16', '10.20.0.1')}] }`],
      [],
      /routes\.yaml:4:\d+: sections\[1\].*\(host db1\)[\s\S]*routes\.yaml:3:\d+: sections\[0\]/,
    ],
    [
      'hosts that no section fits',
      [ams],
      ['--host', 'mail1'],
      /^error: no section of .*routes\.yaml fits mail1\. Remedy: choose other hosts/,
    ],
  ])('refuses %s before any host is asked', async (_what, sections, args, message) => {
    for (const command of ['plan', 'drift', 'apply']) {
      const choice = command === 'apply' && args.length === 0 ? ['--all'] : args;
      const { code, stdout, stderr } = await withSections(command, sections, ...choice);
      expect(stderr).toMatch(message);
      expect([code, stdout]).toEqual([64, '']);
    }
  });

  it('fits hosts that are given by address by their names, since they have no labels', async () => {
    const args = ['--address', fleet.addressOf('mail1'), ...fleet.tlsArgs];
    const everywhere = await fleet.write('everywhere.yaml', 'owner: team-net\nsections: [{ hosts: "*", routes: [] }]\n');
    expect(await run(['plan', '-f', everywhere, ...args])).toMatchObject({ code: 0, stderr: '' });
    const file = await fleet.write('routes.yaml', `owner: team-net\nsections: [${ams}]\n`);
    expect(await run(['plan', '-f', file, ...args])).toMatchObject({
      code: 64,
      stderr: expect.stringMatching(/no host has the labels site=ams/),
    });
  });
});
