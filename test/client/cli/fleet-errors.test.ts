import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestAgent, type TestAgent } from '../../../agent/testing.js';
import { type RolloutFleet, startRolloutFleet } from './rollout-fleet.js';
import { run } from './run.js';

let fleet: RolloutFleet;
beforeAll(async () => {
  fleet = await startRolloutFleet({ web1: { labels: { site: 'ams' } }, web2: { labels: { site: 'fra' } }, web3: {} });
});
afterAll(() => fleet?.close());

const tls = 'tls: { ca: ca.pem, certificate: controller.pem, key: controller-key.pem }';

/** An inventory with these addresses, by name. */
function inventoryOf(addresses: Readonly<Record<string, string>>): string {
  const hosts = Object.entries(addresses).map(([name, address]) => `  ${name}: { address: "${address}" }\n`);
  return `defaults: { ${tls} }\nhosts:\n${hosts.join('')}`;
}

/** That it was refused before anything was kept or written: the rule, the value and what to do about it, in one line. */
async function expectRefused(ran: ReturnType<typeof run>, message: RegExp): Promise<void> {
  const { code, stdout, stderr } = await ran;
  expect(stderr).toMatch(message);
  expect(stderr).toMatch(/^error: [^\n]* Remedy: [^\n]+\.\n$/);
  expect([code, stdout]).toEqual([64, '']);
  expect(await readdir(fleet.rolloutsDir).catch(() => [])).toEqual([]);
  expect(['web1', 'web2', 'web3'].map(fleet.metricOn)).toEqual([undefined, undefined, undefined]);
}

describe('rollout start refuses', () => {
  it.each([
    ['0', /"0" is no size of a wave\. .*write growing sizes above 0 such as "1,10%,50%,100%"/],
    ['0%', /"0%" is no size of a wave/],
    ['101%', /"101%" is no size of a wave/],
    ['', /"" is no size of a wave/],
    ['1,1', /wave "1" is not larger than "1" before it/],
  ])('waves of "%s"', async (waves, message) => {
    await expectRefused(fleet.begin(['--all', '--waves', waves]).ended, message);
  });

  it.each([
    [['--host', 'db*'], /no host is named "db\*"\. Remedy: there are the hosts web1, web2, web3 and the labels site=ams, site=fra\./],
    [['-l', 'site=lhr'], /no host has the labels site=lhr\. Remedy: there are the hosts .* and the labels site=ams, site=fra\./],
    [['-l', 'region=ams'], /no host has the labels region=ams\. Remedy: there are the hosts .* and the labels site=ams, site=fra\./],
    [['--limit', 'failed@last'], /there is no rollout.* Remedy: /],
    [['--limit', 'lost@last'], /"lost" is no outcome\. Remedy: .*outcomes are failed, unreachable/],
  ])('zero matches: %j', async (args, message) => {
    await expectRefused(fleet.begin(args).ended, message);
  });

  it.each([
    ['a name twice', 'hosts:\n  web1: { address: 10.0.0.1 }\n  web1: { address: 10.0.0.2 }\n', /dup\.yaml:3:3: web1 is there twice\./],
    [
      'a name in other letters',
      'hosts:\n  web1: { address: 10.0.0.1 }\n  WEB1: { address: 10.0.0.2 }\n',
      /dup\.yaml:3:3: hosts\.WEB1 differs from hosts\.web1 in upper and lower case alone/,
    ],
    [
      'an address twice',
      'hosts:\n  a: { address: 10.0.0.1 }\n  b: { address: "10.0.0.1:7420" }\n',
      /dup\.yaml:3:17: the address 10\.0\.0\.1:7420 of hosts\.b is also that of hosts\.a\./,
    ],
  ])('%s in the inventory', async (_what, text, message) => {
    const inventory = await fleet.write('dup.yaml', text);
    await expectRefused(fleet.begin(['--all', '--inventory', inventory]).ended, message);
  });

  it('a label that a section names and no host has, and one that a route needs and some hosts lack', async () => {
    const section = await fleet.write(
      'section.yaml',
      'owner: t\nsections:\n  - labels: role=edge\n    routes: [{ prefix: 10.9.0.0/16, nextHop: 10.20.0.254 }]\n',
    );
    const on = ['--inventory', fleet.inventory, '--rollouts-dir', fleet.rolloutsDir, '--all'];
    await expectRefused(run(['rollout', 'start', '-f', section, ...on]), /section\.yaml:3:\d+: .*role=edge/);
    const variable = await fleet.write('variable.yaml', `owner: t\nroutes: [{ prefix: 10.9.0.0/16, nextHop: "\${site}" }]\n`);
    await expectRefused(
      run(['rollout', 'start', '-f', variable, ...on]),
      /variable\.yaml:2:\d+: "\$\{site\}" in routes\[0\]\.nextHop: the host web3 has no label "site"\./,
    );
  });
});

describe('an expired certificate of an agent', () => {
  let late: TestAgent;
  let inventory: string;
  beforeAll(async () => {
    const server = await fleet.pki.issueServer({ name: 'late', ipAddresses: ['127.0.0.1'], validity: 'expired' });
    late = await startTestAgent({ tls: { ...server, ca: fleet.pki.ca } });
    inventory = await fleet.write('late.yaml', inventoryOf({ late1: late.address, web1: fleet.addressOf('web1') }));
  });
  afterAll(() => late?.close());

  const told = /late1: the certificate of 127\.0\.0\.1:\d+ has expired \(TLS_REFUSED\)\. Remedy: renew the certificate of the agent/;

  it('is told by "plan", with the other hosts', async () => {
    const { code, stdout, stderr } = await run(['plan', '-f', join(fleet.directory, 'routes.yaml'), '--inventory', inventory, '--all']);
    expect([code, stderr]).toEqual([3, expect.stringMatching(told)]);
    expect(stdout).toMatch(/2 hosts: 1 with changes, 1 failed; 1 to create\n$/);
  });

  it('is a failure, within the budget of which the others go on', async () => {
    const refused = await fleet.begin(['--all', '--inventory', inventory]).ended;
    expect([refused.code, fleet.metricOn('web1')]).toEqual([1, undefined]);
    expect(refused.stderr).toMatch(told);
    expect(refused.stderr).toMatch(/\nno rollout is begun: more hosts failed already than may\n$/);
    const { code, stdout } = await fleet.begin(['--all', '--inventory', inventory, '--max-failures', '1', '--soak', '1ms']).ended;
    expect([code, fleet.metricOn('web1')]).toEqual([3, 5]);
    expect(stdout).toMatch(
      /late1: failed: the certificate of 127\.0\.0\.1:\d+ has expired \(TLS_REFUSED\)\. Remedy: renew the certificate of the agent/,
    );
  });
});

it('an expired certificate of the controller is bad input, for a rollout as for a plan', async () => {
  const expired = await fleet.pki.issueClient({ name: 'late', validity: 'expired' });
  const { certificate, key } = await fleet.pki.writeTo(fleet.directory, 'late', expired);
  for (const command of [fleet.startArgs, ['plan', '-f', join(fleet.directory, 'routes.yaml'), '--inventory', fleet.inventory]]) {
    const { code, stderr } = await run([...command, '--all', '--tls-cert', certificate, '--tls-key', key]);
    expect(stderr).toMatch(
      /the client certificate "\S+" \(CN=late\) expired on \S+; the others for the same reason \(INVALID_CREDENTIALS\)\. Remedy: renew it/,
    );
    expect(code).toBe(64);
  }
});

it('a plan of another inventory is for none of its hosts', async () => {
  const plan = join(fleet.directory, 'plan.json');
  const made = await run([
    'plan',
    '-f',
    join(fleet.directory, 'routes.yaml'),
    '--inventory',
    fleet.inventory,
    '--host',
    'web2',
    '--out',
    plan,
  ]);
  expect([made.code, made.stderr]).toEqual([2, expect.stringMatching(/^plan of 1 host saved in /)]);
  const moved = await fleet.write('moved.yaml', inventoryOf({ web1: fleet.addressOf('web2'), web2: fleet.addressOf('web1') }));
  for (const command of [
    ['rollout', 'start', plan, '--rollouts-dir', fleet.rolloutsDir],
    ['apply', plan],
  ]) {
    const { code, stdout, stderr } = await run([...command, '--inventory', moved]);
    expect(stderr).toMatch(
      /^error: the plan is of the inventory \S+fleet\.yaml, not of \S+moved\.yaml: .* differ\. Remedy: give the inventory of the plan, or plan again\.\n$/,
    );
    expect([code, stdout, fleet.metricOn('web2')]).toEqual([64, '', undefined]);
  }
});

it('a percentage below one host is one host', async () => {
  const { code, stdout } = await fleet.begin(['--all', '--waves', '1%,100%', '--soak', '1ms']).ended;
  expect(stdout).toMatch(/\nrollout \S+: 3 hosts, 1, then 3; 0s apart\nwave 1 of 2: web2\n/);
  expect([code, ...['web1', 'web2', 'web3'].map(fleet.metricOn)]).toEqual([0, 5, 5, 5]);
});
