import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startFleet, type TestFleet } from '../test-fleet.js';
import { run } from './run.js';

let fleet: TestFleet;
beforeAll(async () => {
  fleet = await startFleet({ web1: { labels: { site: 'ams' } }, web2: {} });
});
afterAll(() => fleet?.close());

const hop = ['--next-hop', '10.20.0.254'];

/** What is wrong, the command, and what the line of error says: the value, then the remedy. */
type Case = readonly [what: string, args: readonly string[], message: RegExp];

describe('bad input', () => {
  const forOneHost: readonly Case[] = [
    ['a malformed prefix', ['routes', 'add', '10.9/16', ...hop], /"10\.9\/16" is not a prefix .*Remedy: write an address and a length/],
    ['a prefix without length', ['routes', 'add', '10.9.0.0', ...hop], /"10\.9\.0\.0" .*Remedy: /],
    ['host bits', ['routes', 'add', '10.9.1.0/16', ...hop], /"10\.9\.1\.0\/16" has bits set .*Remedy: write "10\.9\.0\.0\/16"/],
    ['a length out of range', ['routes', 'add', '10.9.0.0/33', ...hop], /"33" of "10\.9\.0\.0\/33" .*Remedy: write a length from 0 to 32/],
    [
      'an IPv6 length out of range',
      ['routes', 'get', '2001:db8::/129'],
      /"129" of "2001:db8::\/129" .*Remedy: write a length from 0 to 128/,
    ],
    [
      'two families',
      ['routes', 'add', '10.9.0.0/16', '--next-hop', '2001:db8::1'],
      /"10\.9\.0\.0\/16" is IPv4 .* "2001:db8::1" is IPv6 \(FAMILY_MISMATCH\)\. Remedy: give a next hop of IPv4/,
    ],
    ['a malformed next hop', ['routes', 'delete', '10.9.0.0/16', '--next-hop', '10.20.0'], /"10\.20\.0" .*Remedy: /],
    ['a negative metric', ['routes', 'add', '10.9.0.0/16', ...hop, '--metric', '-1'], /"-1" for --metric .*Remedy: .*0 to 4294967295/],
    [
      'a metric beyond 32 bits',
      ['routes', 'set', '10.9.0.0/16', ...hop, '--metric', '4294967296'],
      /"4294967296" for --metric .*Remedy: .*0 to 4294967295/,
    ],
    ['a metric that is no number', ['routes', 'add', '10.9.0.0/16', ...hop, '--metric', 'abc'], /"abc" for --metric .*Remedy: /],
    ['a fractional metric', ['routes', 'list', '--min-metric', '1.5'], /"1\.5" for --min-metric .*Remedy: /],
    ['metrics the wrong way round', ['routes', 'list', '--min-metric', '9', '--max-metric', '1'], /metric 9 .*metric 1 .*Remedy: swap/],
    ['a lifetime without unit', ['routes', 'add', '10.9.0.0/16', '--valid-lifetime', '90'], /"90" for --valid-lifetime .*Remedy: .*"10s"/],
    [
      'a lifetime of no whole seconds',
      ['routes', 'add', '10.9.0.0/16', '--valid-lifetime', '1500ms'],
      /"1500ms" for --valid-lifetime .*Remedy: /,
    ],
    [
      'lifetimes the wrong way round',
      ['routes', 'add', '10.9.0.0/16', '--valid-lifetime', '1m', '--preferred-lifetime', '2m'],
      /120 s is above .* 60 s .*Remedy: /,
    ],
    ['nothing to change', ['routes', 'set', '10.9.0.0/16', ...hop], /nothing is given to change\. Remedy: give --metric/],
    ['an unknown protocol', ['routes', 'list', '--protocol', 'babel'], /"babel" for --protocol is unknown\. Remedy: give one of .*netMgmt/],
    ['an unknown origin', ['routes', 'list', '--origin', 'mars'], /"mars" for --origin is unknown\. Remedy: give one of manual/],
    ['an unknown family', ['routes', 'list', '--family', '5'], /--family <version>' argument '5' is invalid\. Allowed choices are 4, 6/],
    ['an unknown output', ['routes', 'list', '-o', 'xml'], /argument 'xml' is invalid\. Allowed choices are table, json/],
    [
      '--prefix with --within',
      ['routes', 'list', '--prefix', '10.0.0.0/8', '--within', '10.0.0.0/8'],
      /'--prefix <prefix>' cannot be used with/,
    ],
    ['on-link of no family', ['routes', 'list', '--next-hop', 'on-link'], /"--next-hop on-link" needs .*Remedy: add --family 4/],
    ['an index of 0', ['routes', 'list', '--interface', '0'], /0 is no interface index .*Remedy: /],
    ['a LUID that is no number', ['routes', 'list', '--interface', 'luid:x'], /no interface LUID .*Remedy: /],
    ['a GUID that is none', ['routes', 'list', '--interface', '{1-2}'], /"\{1-2\}" is no GUID .*Remedy: write it like/],
    ['a destination that is a prefix', ['best-route', '10.0.0.0/8'], /"10\.0\.0\.0\/8" .*Remedy: /],
    [
      'a source of the other family',
      ['best-route', '192.0.2.1', '--source', '2001:db8::1'],
      /"2001:db8::1" is IPv6 \(FAMILY_MISMATCH\)\. Remedy: /,
    ],
    ['an unknown flag', ['routes', 'list', '--lissen'], /unknown option '--lissen'\n\(--help says what there is\)/],
    ['an unknown command', ['routes', 'lst'], /unknown command 'lst'/],
    ['a missing prefix', ['routes', 'add'], /missing required argument 'prefix'/],
    ['a word too many', ['routes', 'get', '10.0.0.0/8', '10.0.0.1'], /too many arguments/],
    ['a timeout of 0', ['routes', 'list', '--timeout', '0s'], /"0s" for --timeout .*Remedy: /],
    ['no concurrency', ['routes', 'list', '--concurrency', '0'], /"0" for --concurrency .*Remedy: .*1 to 1024/],
    [
      'a CA that is not there',
      ['routes', 'list', '--tls-ca', '/no/ca.pem'],
      /CA certificate "\/no\/ca\.pem" cannot be read \(ENOENT\).*Remedy: /,
    ],
    ['a CA that is none', ['routes', 'list', '--tls-ca', 'LICENSE'], /the CA certificate cannot be read .*Remedy: give PEM text/],
    ['a key that is none', ['routes', 'list', '--tls-key', 'LICENSE'], /the client key cannot be read .*Remedy: give PEM text/],
    [
      'an address with a port that is none',
      ['routes', 'list', '--address', '10.0.0.1:70000'],
      /"10\.0\.0\.1:70000" .*Remedy: write "host:port"/,
    ],
    ['addresses and hosts', ['routes', 'list', '--host', 'web1'], /--address and .* exclude each other\. Remedy: /],
  ];

  it.each(forOneHost)('refuses %s before anything is sent', async (_what, args, message) => {
    const { control } = fleet.agent('web1');
    const before = [control.calls('GetIpForwardTable2'), control.calls('CreateIpForwardEntry'), control.calls('GetIpInterfaceEntry')];
    const { code, stdout, stderr } = await run(['--address', fleet.addressOf('web1'), ...fleet.tlsArgs, ...args]);
    expect(stderr).toMatch(/^error: /);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n\s+at |\[object|undefined|this should not happen/);
    expect([code, stdout]).toEqual([64, '']);
    expect([control.calls('GetIpForwardTable2'), control.calls('CreateIpForwardEntry'), control.calls('GetIpInterfaceEntry')]).toEqual(
      before,
    );
  });

  const refusedByAgent: readonly Case[] = [
    [
      'an unknown alias',
      ['routes', 'add', '10.9.0.0/16', ...hop, '--interface', 'Ethernet 9'],
      /no interface "Ethernet 9" \(INTERFACE_NOT_FOUND\)\. Remedy: choose one of: .*"Ethernet" \(index 12/,
    ],
    ['an unknown index', ['routes', 'list', '--interface', '4711'], /4711 .*\(INTERFACE_NOT_FOUND\)\. Remedy: choose one of/],
  ];

  it.each(refusedByAgent)('hands on how the agent refuses %s', async (_what, args, message) => {
    const { code, stdout, stderr } = await run([...args, '--address', fleet.addressOf('web1'), ...fleet.tlsArgs]);
    expect(stderr).toMatch(message);
    expect(stderr.split('\n')).toHaveLength(2);
    expect([code, stdout]).toEqual([1, '']);
  });

  describe('about which hosts are meant', () => {
    const cases: readonly Case[] = [
      [
        'a name that no host has',
        ['--host', 'db*'],
        /no host is named "db\*"\. Remedy: there are the hosts web1, web2 and the labels site=ams/,
      ],
      ['one name too many', ['--host', 'web1', '--host', 'wbe2'], /no host is named "wbe2"/],
      ['labels that no host has', ['-l', 'site=fra'], /no host has the labels site=fra\. Remedy: there are the hosts/],
      ['a selector that is none', ['-l', 'site in ams'], /"site in ams" .*Remedy: write key=value/],
      ['all and some', ['--all', '--host', 'web1'], /--all and --host, .*Remedy: leave --all out/],
    ];

    it.each(cases)('refuses %s', async (_what, args, message) => {
      const { code, stdout, stderr } = await run(['routes', 'list', '--inventory', fleet.inventory, ...args]);
      expect(stderr).toMatch(message);
      expect([code, stdout]).toEqual([64, '']);
    });

    it('refuses to guess', async () => {
      expect(await run(['routes', 'list'])).toMatchObject({
        code: 64,
        stderr: expect.stringMatching(/no agent is named\. Remedy: give --address/),
      });
    });

    it('wants all three TLS files', async () => {
      const args = ['routes', 'list', '--address', fleet.addressOf('web1'), '--tls-ca', fleet.files.ca];
      expect(await run(args)).toMatchObject({
        code: 64,
        stderr: expect.stringMatching(/^error: no --tls-cert, --tls-key for 127\.0\.0\.1:\d+: agents speak mutual TLS\. Remedy: /),
      });
    });
  });

  describe('in an inventory', () => {
    const cases: readonly (readonly [what: string, text: string, message: RegExp])[] = [
      ['YAML that is none', 'hosts: [', /bad\.yaml:\d+:\d+: .*Remedy: correct the YAML/],
      ['an unknown key', 'hosts:\n  web1:\n    adress: 10.0.0.1\n', /bad\.yaml:3:5: unknown key "adress" in hosts\.web1\. Remedy: /],
      ['an unknown key at the root', 'hosts: { web1: }\nhots: {}\n', /bad\.yaml:2:1: unknown key "hots"\. Remedy: /],
      ['a group that is none', 'groups: { web: }\nhosts:\n  web1: { groups: [wbe] }\n', /bad\.yaml:3:20: "wbe" .*Remedy: .*one of: web/],
      ['a member that is no host', 'groups: { web: { hosts: [web9] } }\nhosts: { web1: }\n', /bad\.yaml:1:26: "web9" .*Remedy: /],
      [
        'a host twice',
        'hosts:\n  web1: { port: 1 }\n  web1: { port: 2 }\n',
        /bad\.yaml:3:3: web1 is there twice\. Remedy: give every name and key once/,
      ],
      ['an empty host twice', 'hosts:\n  web1:\n  # again\n  web1:\n', /bad\.yaml:4:3: web1 is there twice\. Remedy: /],
      [
        'an address twice',
        'hosts:\n  a: { address: 10.0.0.1 }\n  b: { address: "10.0.0.1:7420" }\n',
        /bad\.yaml:3:17: .*10\.0\.0\.1:7420 .*hosts\.a/,
      ],
      ['a port out of range', 'hosts:\n  web1: { port: 70000 }\n', /bad\.yaml:2:17: 70000 in hosts\.web1\.port is above 65535/],
      ['no hosts', 'hosts: {}\n', /bad\.yaml:1:8: the inventory has no hosts\. Remedy: add at least one/],
      ['nothing at all', '', /bad\.yaml:1:1: "hosts" is missing\. Remedy: /],
      ['a list', '- web1\n', /bad\.yaml:1:1: .*is not a map\. Remedy: /],
      [
        'half of the TLS files',
        'hosts:\n  web1: { tls: { ca: a } }\n',
        /bad\.yaml:2:3: the TLS files of hosts\.web1 are incomplete: only ca\. Remedy: /,
      ],
    ];

    it.each(cases)('refuses %s, and says where it stands', async (_what, text, message) => {
      const { code, stdout, stderr } = await run(['routes', 'list', '--inventory', await fleet.write('bad.yaml', text)]);
      expect(stderr).toMatch(message);
      expect(stderr).not.toMatch(/\n\s+at /);
      expect([code, stdout]).toEqual([64, '']);
    });

    it('names every mistake, one per line', async () => {
      const file = await fleet.write('bad.yaml', 'hosts:\n  web1: { port: 0 }\n  web2: { colour: red }\n');
      const { stderr } = await run(['routes', 'list', '--inventory', file]);
      expect(stderr.trimEnd().split('\n')).toEqual([
        expect.stringMatching(/^error: .*bad\.yaml:2:17: 0 in hosts\.web1\.port is below 1\.$/),
        expect.stringMatching(/^error: .*bad\.yaml:3:11: unknown key "colour" in hosts\.web2\. Remedy: /),
      ]);
    });

    it('refuses a file that cannot be read', async () => {
      expect(await run(['routes', 'list', '--inventory', fleet.directory])).toMatchObject({
        code: 64,
        stderr: expect.stringMatching(/^error: the inventory ".*" cannot be read \(EISDIR\)\. Remedy: /),
      });
      expect((await run(['routes', 'list', '--inventory', '/no/fleet.yaml'])).stderr).toMatch(
        /"\/no\/fleet\.yaml" cannot be read \(ENOENT\)/,
      );
    });
  });
});
