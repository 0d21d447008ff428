import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { startFleet, type TestFleet } from '../test-fleet.js';
import { type CliRun, run } from './run.js';

let fleet: TestFleet;
beforeAll(async () => {
  fleet = await startFleet({
    web1: { labels: { site: 'ams' }, groups: ['web'] },
    web2: { labels: { site: 'fra' }, groups: ['web'], profile: 'datacenter' },
    db1: { down: true },
  });
});
afterAll(() => fleet?.close());

function inventory(...args: readonly string[]): Promise<CliRun> {
  return run(['inventory', ...args, '--inventory', fleet.inventory]);
}

function lines(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}

describe('inventory list', () => {
  it('shows the chosen hosts with address, groups and labels', async () => {
    const { code, stdout, stderr } = await inventory('list');
    expect(lines(stdout).map((line) => line.split(/ {2,}/))).toEqual([
      ['HOST', 'ADDRESS', 'GROUPS', 'LABELS'],
      ['web1', fleet.addressOf('web1'), 'web', 'group=web,site=ams'],
      ['web2', fleet.addressOf('web2'), 'web', 'group=web,site=fra'],
      ['db1', fleet.addressOf('db1'), '-', '-'],
    ]);
    expect([code, stderr]).toEqual([0, '']);
    expect((await inventory('list', '-l', 'site=fra')).stdout).toMatch(/^HOST .*\nweb2 .*\n$/);
    expect((await inventory('list', '--host', 'db*')).stdout).toMatch(/^HOST .*\ndb1 .*\n$/);
  });

  it.each([
    ['json', (text: string) => JSON.parse(text)],
    ['yaml', (text: string) => parseYaml(text)],
    ['ndjson', (text: string) => lines(text).map((line) => JSON.parse(line))],
  ])('writes %s', async (format, parse) => {
    const { stdout } = await inventory('list', '--host', 'web1', '-o', format);
    const tls = { ca: fleet.files.ca, certificate: fleet.files.certificate, key: fleet.files.key };
    expect(parse(stdout)).toEqual([
      { host: 'web1', address: fleet.addressOf('web1'), groups: ['web'], labels: { group: 'web', site: 'ams' }, tls },
    ]);
  });

  it('writes CSV', async () => {
    expect((await inventory('list', '--host', 'web1', '-o', 'csv')).stdout).toMatch(
      /^host,address,groups,labels,timeoutMs,tls\nweb1,127\.0\.0\.1:\d+,"\[""web""\]",/,
    );
  });

  it('needs no TLS', async () => {
    const file = await fleet.write('bare.yaml', 'hosts: { a: { address: 10.0.0.1, timeout: 2m } }');
    expect(await run(['inventory', 'list', '--inventory', file, '-o', 'json'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('"timeoutMs": 120000'),
    });
  });

  it('wants an inventory', async () => {
    for (const args of [[], ['--address', '10.0.0.1']]) {
      expect(await run(['inventory', 'list', ...args])).toMatchObject({
        code: 64,
        stderr: expect.stringMatching(/^error: this command is about an inventory\. Remedy: give --inventory file/),
      });
    }
  });

  it('has 64 for mistakes in the file, and for a command that prints none', async () => {
    const bad = await fleet.write('bad.yaml', 'hosts:\n  a: { adress: x }\n');
    expect(await run(['inventory', 'list', '--inventory', bad])).toMatchObject({
      code: 64,
      stderr: expect.stringMatching(/bad\.yaml:2:8: unknown key/),
    });
    const failing = await fleet.write(
      'exec.yaml',
      `!exec [${JSON.stringify(process.execPath)}, -e, "console.error('no CMDB'); process.exit(3)"]`,
    );
    const { code, stderr } = await run(['inventory', 'list', '--inventory', failing]);
    expect(stderr).toMatch(/^error: .*exec\.yaml:1:7: the inventory command .* failed with exit code 3, and said: no CMDB\. Remedy: .*\n$/);
    expect(code).toBe(64);
  });
});

describe('inventory check', () => {
  it('finds nothing, and connects to nobody', async () => {
    const { code, stdout, stderr } = await inventory('check');
    expect(lines(stdout).map((line) => line.split(/ {2,}/))).toEqual([
      ['HOST', 'ADDRESS', 'TLS-UNTIL', 'CHECK'],
      ...['web1', 'web2', 'db1'].map((name) => [name, fleet.addressOf(name), expect.stringMatching(/^\d{4}-\d\d-\d\d$/), 'ok']),
    ]);
    expect([code, stderr]).toEqual([0, '']);
  });

  it('tells what many hosts have in common once, and exits 1', async () => {
    const { code, stdout, stderr } = await inventory('check', '--expires-within', '366');
    expect(lines(stderr)).toEqual([
      expect.stringMatching(
        /^web1, web2, db1: the CA certificate ".*ca\.pem" \(CN=.*\) expires in 364 days, on \S+\. Remedy: renew it in time\.$/,
      ),
      expect.stringMatching(/^web1, web2, db1: the client certificate ".*" \(CN=controller\) expires in 364 days/),
    ]);
    expect(stdout).toMatch(/\nweb1 .* {2}2 found\n/);
    expect(code).toBe(1);
  });

  it('checks the files of each host, and those of the command line in their place', async () => {
    const expired = await fleet.pki.issueClient({ name: 'old', validity: 'expired' });
    await fleet.pki.writeTo(fleet.directory, 'old', expired);
    const file = await fleet.write(
      'tls.yaml',
      'hosts:\n  a: { tls: { ca: ca.pem, certificate: old.pem, key: old-key.pem } }\n  b: { tls: { ca: no.pem, certificate: controller.pem, key: controller-key.pem } }\n  c:\n',
    );
    const { code, stdout, stderr } = await run(['inventory', 'check', '--inventory', file, '-o', 'json']);
    expect(lines(stderr)).toEqual([
      expect.stringMatching(/^a: the client certificate ".*old\.pem" \(CN=old\) expired on .*Remedy: replace it\.$/),
      expect.stringMatching(/^b: the CA certificate ".*no\.pem" cannot be read \(ENOENT\)\. Remedy: /),
      'c: there are no CA, certificate and key. Remedy: give ca, certificate and key in defaults.tls, the tls of a group or the tls of the host.',
    ]);
    expect(JSON.parse(stdout)).toMatchObject([
      { host: 'a', validUntil: expect.stringMatching(/Z$/), findings: [{ message: expect.any(String), remedy: 'replace it' }] },
      { host: 'b', findings: [{}] },
      { host: 'c', findings: [{}] },
    ]);
    expect(code).toBe(1);
    expect(await run(['inventory', 'check', '--inventory', file, ...fleet.tlsArgs])).toMatchObject({ code: 0, stderr: '' });
    expect(await run(['inventory', 'check', '--inventory', file, '--insecure'])).toMatchObject({ code: 0, stderr: '' });
  });

  it('asks the agents with --connect', async () => {
    const { code, stdout, stderr } = await inventory('check', '--connect');
    expect(lines(stdout).map((line) => line.split(/ {2,}/))).toMatchObject([
      ['HOST', 'ADDRESS', 'TLS-UNTIL', 'NAME', 'AGENT', 'CHECK'],
      ['web1', {}, {}, 'web1', expect.stringMatching(/^\d+\.\d+\.\d+/), 'ok'],
      ['web2', {}, {}, 'web2', expect.stringMatching(/^\d+\.\d+\.\d+/), 'ok'],
      ['db1', {}, {}, '-', '-', '1 found'],
    ]);
    expect(stderr).toMatch(/^db1: .*\(UNREACHABLE\)\. Remedy: .*\n$/);
    expect(code).toBe(3);
    expect((await inventory('check', '--connect', '--host', 'db1')).code).toBe(69);
    expect((await inventory('check', '--connect', '--host', 'web*')).code).toBe(0);
  });

  it('does not try to connect with files that cannot work', async () => {
    const file = await fleet.write(
      'nokey.yaml',
      `hosts: { web1: { address: "${fleet.addressOf('web1')}", tls: { ca: ca.pem, certificate: controller.pem, key: no.pem } } }`,
    );
    const { code, stderr } = await run(['inventory', 'check', '--connect', '--inventory', file]);
    expect(stderr).toMatch(/^web1: the client key ".*no\.pem" cannot be read \(ENOENT\)\. Remedy: .*\n$/);
    expect(code).toBe(1);
  });

  it('finds one agent under two names', async () => {
    const [, port] = fleet.addressOf('web1').split(':');
    const tls = 'ca: ca.pem, certificate: controller.pem, key: controller-key.pem, serverName: 127.0.0.1';
    const file = await fleet.write(
      'twice.yaml',
      `defaults: { tls: { ${tls} }, port: ${port} }\nhosts: { a: { address: 127.0.0.1 }, b: { address: localhost } }\n`,
    );
    const { code, stderr } = await run(['inventory', 'check', '--connect', '--inventory', file]);
    expect(stderr).toMatch(/^b: localhost:\d+ and 127\.0\.0\.1:\d+ \(a\) are the same agent, of web1\. Remedy: give every agent once\.\n$/);
    expect(code).toBe(1);
  });
});

// The last: what the agent was asked here goes on in it.
it('the time of a host holds for each call, unless the command line has another', async () => {
  const tls = 'ca: ca.pem, certificate: controller.pem, key: controller-key.pem';
  const hosts = `web1: { address: "${fleet.addressOf('web1')}", timeout: 300ms }`;
  const file = await fleet.write('slow.yaml', `defaults: { timeout: 1h, tls: { ${tls} } }\nhosts: { ${hosts} }\n`);
  const { control } = fleet.agent('web1');
  control.delay('GetIpForwardTable2', 60_000);
  try {
    const list = ['routes', 'list', '--inventory', file];
    expect((await run(list)).stderr).toMatch(/^web1: .* did not answer within 300 ms \(DEADLINE_EXCEEDED\)/);
    expect((await run([...list, '--timeout', '400ms'])).stderr).toMatch(/^web1: .* did not answer within 400 ms \(DEADLINE_EXCEEDED\)/);
    expect((await run(['routes', 'get', '10.0.0.0/8', '--inventory', file])).stderr).toMatch(/^web1: .* did not answer within 300 ms/);
  } finally {
    control.delay('GetIpForwardTable2', 0);
  }
});
