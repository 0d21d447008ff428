import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadDesiredState } from '../../../client/fleet/desired-state.js';
import { FleetError } from '../../../client/fleet/fleet-error.js';
import type { Host } from '../../../client/fleet/host.js';
import type { RouteSpec } from '../../../client/index.js';

const directory = mkdtempSync(join(tmpdir(), 'routefleet-desired-'));
afterAll(() => rmSync(directory, { recursive: true }));

interface Loaded {
  readonly owner: string;
  readonly driftPolicy: string | undefined;
  readonly routes: readonly RouteSpec[] | undefined;
}

/** What a file says about a host. */
async function load(text: string): Promise<Loaded> {
  const file = join(directory, 'routes.yaml');
  writeFileSync(file, text);
  const { owner, driftPolicy, forHosts } = await loadDesiredState(file);
  const host: Host = { name: 'web1', address: '127.0.0.1:7420', groups: [], labels: {} };
  return { owner, driftPolicy, routes: forHosts([host], [host]).targets[0]?.routes };
}

/** Message and remedy, without the directory. */
async function refusal(text: string): Promise<string> {
  const error = await load(text).catch((thrown: unknown) => thrown);
  if (!(error instanceof FleetError)) throw new Error(`not refused with a FleetError: ${String(error)}`);
  expect(error.code).toBe('DESIRED_STATE_INVALID');
  return `${error.message.replaceAll(`${directory}/`, '')}. ${error.remedy}`;
}

const routes = (...lines: readonly string[]) => `owner: a\nroutes:\n${lines.map((line) => `  - ${line}\n`).join('')}`;

describe('a desired state', () => {
  it('has an owner and its routes, persistent unless it says otherwise', async () => {
    const state = await load(`
owner: team-net
driftPolicy: report
routes:
  - { prefix: 10.9.0.0/16, nextHop: 10.20.0.254, interface: Ethernet 2, metric: 5 }
  - { prefix: 10.10.0.0/16, interface: { luid: "18446744073709551615" }, persistent: false }
  - { prefix: "2001:db8::/32", nextHop: "fe80::1", interface: { index: 12 } }
`);
    expect(state).toEqual({
      owner: 'team-net',
      driftPolicy: 'report',
      routes: [
        { destinationPrefix: '10.9.0.0/16', nextHop: '10.20.0.254', interface: { alias: 'Ethernet 2' }, metric: 5, persistent: true },
        { destinationPrefix: '10.10.0.0/16', interface: { luid: 2n ** 64n - 1n }, persistent: false },
        { destinationPrefix: '2001:db8::/32', nextHop: 'fe80::1', interface: { index: 12 }, persistent: true },
      ],
    });
  });

  it('tells two routes apart by next hop and interface', async () => {
    const { routes: taken } = await load(
      routes(
        '{ prefix: 10.0.0.0/8, nextHop: 10.0.0.1 }',
        '{ prefix: 10.0.0.0/8, nextHop: 10.0.0.2 }',
        '{ prefix: 10.0.0.0/8, nextHop: 10.0.0.1, interface: A }',
        '{ prefix: 10.0.0.0/8, nextHop: 10.0.0.1, interface: B }',
      ),
    );
    expect(taken).toHaveLength(4);
  });

  it.each([
    ['', /^routes\.yaml:1:1: "owner" is missing\nroutes\.yaml:1:1: "routes" is missing\. a desired state has owner/],
    ['owner: a\nroutes:\n', /^routes\.yaml:2:8: null in routes is not a list\./],
    ['owner: a\nroutes: []\ncolour: red\n', /^routes\.yaml:3:1: unknown key "colour"\./],
    ['owner: a\nowner: b\nroutes: []\n', /^routes\.yaml:2:1: owner is there twice\. give every name and key once/],
    [
      routes('{ prefix: 10.0.0.0/8 }', '{ prefix: 10.1.0.0/16, gateway: 1 }'),
      /^routes\.yaml:4:28: unknown key "gateway" in routes\[1\]\. .*nextHop/,
    ],
    [routes('{ prefix: 10.9.0.0 }'), /^routes\.yaml:3:15: "10\.9\.0\.0" in routes\[0\]\.prefix is not a prefix such as "10\.0\.0\.0\/8"/],
    [
      routes('{ prefix: 10.9.1.0/16 }'),
      /^routes\.yaml:3:15: "10\.9\.1\.0\/16" has bits set .* \(routes\[0\]\.prefix\)\. write "10\.9\.0\.0\/16"/,
    ],
    [routes('{ prefix: 10.0.0.0/8, nextHop: web1 }'), /"web1" in routes\[0\]\.nextHop is not an IP address/],
    [
      routes('{ prefix: 10.0.0.0/8, nextHop: "::1" }'),
      /^routes\.yaml:3:36: .* is IPv4 .* is IPv6 \(routes\[0\]\.nextHop\)\. give a next hop of IPv4/,
    ],
    [routes('{ prefix: 10.0.0.0/8, metric: -1 }'), /^routes\.yaml:3:35: -1 in routes\[0\]\.metric is below 0\./],
    [
      routes('{ prefix: 10.0.0.0/8, interface: 12 }'),
      /12 in routes\[0\]\.interface is not an interface: an alias such as "Ethernet 2", or one of \{ index: 12 \}/,
    ],
    [
      routes('{ prefix: 10.0.0.0/8, interface: { luid: "18446744073709551616" } }'),
      /\(routes\[0\]\.interface\)\. give a whole number of 64 bits/,
    ],
    [
      routes('{ prefix: 10.0.0.0/8, interface: ethernet }', '{ prefix: 10.0.0.0/8, nextHop: 0.0.0.0, interface: Ethernet }'),
      /^routes\.yaml:4:5: routes\[1\] is the same route as routes\[0\]: 10\.0\.0\.0\/8 on-link on alias ethernet\. give every route once/,
    ],
    [
      routes('{ prefix: "2001:db8::/32", nextHop: "FE80::1" }', '{ prefix: "2001:0db8::/32", nextHop: "fe80:0::1" }'),
      /routes\[1\] is the same route as routes\[0\]: 2001:db8::\/32 via fe80::1\./,
    ],
  ])('refuses %j and says where, what and why', async (text, message) => {
    expect(await refusal(text)).toMatch(message);
  });

  it('names every problem of form', async () => {
    const text = routes('{ prefix: 10.0.0.0/8, metric: x }', '{ prefix: y }');
    expect((await refusal(text)).split('\n')).toHaveLength(2);
  });

  it('refuses a file that cannot be read', async () => {
    const error: unknown = await loadDesiredState('/no/routes.yaml').catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'DESIRED_STATE_UNREADABLE',
      message: 'the desired state "/no/routes.yaml" cannot be read (ENOENT)',
      remedy: expect.stringMatching(/\w/),
    });
  });
});
