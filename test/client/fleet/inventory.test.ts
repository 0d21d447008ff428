import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { FleetError } from '../../../client/fleet/fleet-error.js';
import type { Host } from '../../../client/fleet/host.js';
import { loadInventory } from '../../../client/fleet/inventory.js';

const directory = mkdtempSync(join(tmpdir(), 'routefleet-inventory-'));
afterAll(() => rmSync(directory, { recursive: true }));

async function load(text: string): Promise<readonly Host[]> {
  const file = join(directory, 'fleet.yaml');
  writeFileSync(file, text);
  return (await loadInventory(file)).hosts;
}

/** The message, without the path of the file; the remedy must be there. */
async function refusal(text: string): Promise<string> {
  const error = await load(text).catch((thrown: unknown) => thrown);
  if (!(error instanceof FleetError)) throw new Error(`not refused with a FleetError: ${String(error)}`);
  expect(error.code).toBe('INVENTORY_INVALID');
  expect(error.remedy).toMatch(/\w/);
  return error.message.replaceAll(join(directory, 'fleet.yaml'), '');
}

describe('an inventory', () => {
  it('puts defaults, groups and hosts together: the nearer wins, and of two groups the later', async () => {
    const hosts = await load(`
defaults: { port: 7000, tls: { ca: ca.pem, certificate: default.pem, key: default-key.pem } }
groups:
  web: { port: 7001, labels: { role: web, tier: front }, tls: { certificate: web.pem } }
  ams: { port: 7002, labels: { site: ams, tier: ams }, hosts: [web1] }
hosts:
  web1: { address: 10.0.0.1, groups: [web], labels: { site: lab }, tls: { key: /etc/web1-key.pem, serverName: web1.example.net } }
  web2: { address: 10.0.0.2, groups: [web] }
  db1:
`);
    const defaults = {
      ca: join(directory, 'ca.pem'),
      certificate: join(directory, 'default.pem'),
      key: join(directory, 'default-key.pem'),
    };
    expect(hosts).toEqual([
      {
        name: 'web1',
        address: '10.0.0.1:7002',
        groups: ['web', 'ams'],
        labels: { role: 'web', tier: 'ams', site: 'lab' },
        tls: { ca: defaults.ca, certificate: join(directory, 'web.pem'), key: '/etc/web1-key.pem', serverName: 'web1.example.net' },
      },
      {
        name: 'web2',
        address: '10.0.0.2:7001',
        groups: ['web'],
        labels: { role: 'web', tier: 'front' },
        tls: { ...defaults, certificate: join(directory, 'web.pem'), serverName: undefined },
      },
      { name: 'db1', address: 'db1:7000', groups: [], labels: {}, tls: { ...defaults, serverName: undefined } },
    ]);
  });

  it.each([
    ['the name of the host is its address', 'web1.example.net: {}', 'web1.example.net:7420'],
    ['IPv6 without a port', 'a: { address: "2001:db8::1" }', '[2001:db8::1]:7420'],
    ['IPv6 with a port', 'a: { address: "[2001:db8::1]:9" }', '[2001:db8::1]:9'],
    ['a port beside the address', 'a: { address: 10.0.0.1, port: 9 }', '10.0.0.1:9'],
    ['the same port twice', 'a: { address: "10.0.0.1:9", port: 9 }', '10.0.0.1:9'],
  ])('knows where a host is: %s', async (_what, entry, address) => {
    expect(await load(`hosts:\n  ${entry}\n`)).toMatchObject([{ address, tls: undefined }]);
  });

  it('takes the time for calls from the host, its later group, its earlier group or the defaults', async () => {
    const hosts = await load(`
defaults: { timeout: 10s }
groups: { slow: { timeout: 2m }, slower: { timeout: 1h } }
hosts: { a: , b: { groups: [slow] }, c: { groups: [slower, slow] }, d: { groups: [slow], timeout: 500ms } }
`);
    expect(hosts.map(({ timeoutMs }) => timeoutMs)).toEqual([10_000, 120_000, 3_600_000, 500]);
    expect((await load('hosts: { a: }')).map(({ timeoutMs }) => timeoutMs)).toEqual([undefined]);
  });

  it('reads bare numbers and booleans as labels', async () => {
    expect(await load('hosts: { a: { labels: { rack: 12, managed: true, empty: "" } } }')).toMatchObject([
      { labels: { rack: '12', managed: 'true', empty: '' } },
    ]);
  });

  it('knows anchors', async () => {
    const hosts = await load('hosts: { a: { labels: &l { site: ams } }, b: { labels: *l } }');
    expect(hosts.map(({ labels }) => labels)).toEqual([{ site: 'ams' }, { site: 'ams' }]);
  });

  it.each([
    [
      'the same agent under two names',
      'hosts: { a: { address: X }, b: { address: "x:7420" } }',
      /:1:43: the address x:7420 of hosts\.b is also that of hosts\.a/,
    ],
    [
      'one IPv6 address in two spellings',
      'hosts: { a: { address: "2001:DB8:0::1" }, b: { address: "[2001:db8::1]:7420" } }',
      /:1:57: the address \[2001:db8::1\]:7420 of hosts\.b is also that of hosts\.a/,
    ],
    [
      'two names that a selector takes for one',
      'hosts:\n  web1: { address: a }\n  WEB1: { address: b }',
      /:3:3: hosts\.WEB1 differs from hosts\.web1 in upper and lower case alone/,
    ],
    ['a time without unit', 'defaults: { timeout: 10 }\nhosts: { a: }', /:1:22: 10 in defaults\.timeout is not a text/],
    ['a time of nothing', 'groups: { a: { timeout: 0s } }\nhosts: { a: }', /:1:25: "0s" in groups\.a\.timeout is not a time above 0/],
    ['groups in groups', 'groups: { a: { groups: [b] }, b: }\nhosts: { a: }', /:1:16: unknown key "groups" in groups\.a/],
    ['a tag', 'hosts: !!omap { a: !host { address: x } }', /:1:\d+: .*tag/],
    ['two ports', 'hosts:\n  a: { address: "h:1", port: 2 }', /:2:17: the address "h:1" of hosts\.a has a port, and "port" is 2/],
    ['an address that is none', 'hosts:\n  a: { address: "http://h" }', /:2:17: "http:\/\/h" is not the address of an agent \(hosts\.a\)/],
    ['a host name with a space', 'hosts:\n  "web 1":', /:2:3: the name "web 1" in hosts is not made of letters/],
    [
      'a label that a selector could not name',
      'hosts:\n  a:\n    labels: { site: "a,b" }',
      /:3:21: "a,b" in hosts\.a\.labels\.site holds one of/,
    ],
    ['a list where a map belongs', 'hosts:\n  a: [1]', /:2:6: \[1\] in hosts\.a is not a map/],
    ['a port that is text', 'defaults:\n  port: "1"\nhosts: { a: }', /:2:9: "1" in defaults\.port is not a (whole )?number/],
    ['an empty file name', 'hosts:\n  a:\n    tls: { ca: "" }', /:3:16: "" in hosts\.a\.tls\.ca is empty/],
    ['an unknown key of TLS', 'hosts:\n  a:\n    tls: { cert: x }', /:3:12: unknown key "cert" in hosts\.a\.tls/],
    ['a quoted key twice', 'hosts:\n  "a": {}\n  "a": {}', /:3:3: "a" is there twice/],
    ['an alias of nothing', 'hosts: { a: { labels: *l } }', /:1:23: .*\bl\b/],
  ])('refuses %s', async (_what, text, message) => {
    expect(await refusal(text)).toMatch(message);
  });

  it('survives aliases that would unfold into millions', async () => {
    const levels = Array.from(
      { length: 12 },
      (_, level) =>
        `l${level}: &l${level} [${Array(9)
          .fill(level === 0 ? '1' : `*l${level - 1}`)
          .join(', ')}]`,
    );
    const message = await refusal(`${levels.join('\n')}\nhosts: { a: }\n`);
    expect(message).toMatch(/^:1:1: Excessive alias count/);
  });
});
