// biome-ignore-all lint/suspicious/noTemplateCurlyInString: host variables of desired states are written so
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadDesiredState } from '../../../client/fleet/desired-state.js';
import { FleetError } from '../../../client/fleet/fleet-error.js';
import type { Host } from '../../../client/fleet/host.js';

const directory = mkdtempSync(join(tmpdir(), 'routefleet-sections-'));
afterAll(() => rmSync(directory, { recursive: true }));

function host(name: string, labels: Readonly<Record<string, string>>): Host {
  return { name, address: `${name}:7420`, groups: [], labels };
}

const web1 = host('web1', { site: 'ams', role: 'web', 'site.gateway': '10.20.0.1', net: '10.9.0.0', metric: '7', port: '12' });
const web2 = host('web2', { site: 'ams', role: 'web', 'site.gateway': '10.20.0.2' });
const db1 = host('db1', { site: 'fra', role: 'db', 'site.gateway': '10.30.0.1' });
const fleet = [web1, web2, db1];

/** Routes by host, as the file says for the hosts that are asked about. */
async function assign(sections: readonly string[], hosts: readonly Host[] = fleet): Promise<Readonly<Record<string, unknown>>> {
  const { forHosts } = await loadDesiredState(write(sections));
  const { targets, unmatched } = forHosts(hosts, fleet);
  const named = targets.map(({ host: { name }, routes }) => [
    name,
    routes.map(({ destinationPrefix, nextHop }) => `${destinationPrefix} ${nextHop}`),
  ]);
  return { ...Object.fromEntries(named), unmatched: unmatched.map(({ name }) => name) };
}

function write(sections: readonly string[]): string {
  const file = join(directory, 'routes.yaml');
  writeFileSync(file, `owner: a\nsections:\n${sections.map((section) => `  - ${section}\n`).join('')}`);
  return file;
}

/** Message and remedy, without the directory. */
async function refusal(sections: readonly string[], hosts?: readonly Host[]): Promise<string> {
  const error = await assign(sections, hosts).catch((thrown: unknown) => thrown);
  if (!(error instanceof FleetError)) throw new Error(`not refused with a FleetError: ${String(error)}`);
  expect(error.code).toBe('DESIRED_STATE_INVALID');
  return `${error.message.replaceAll(`${directory}/`, '')}. ${error.remedy}`;
}

const routes = (...rows: readonly string[]) => `routes: [${rows.join(', ')}]`;
const route = (prefix: string, nextHop: string) => `{ prefix: ${prefix}, nextHop: ${nextHop} }`;

describe('sections of a desired state', () => {
  it('add up on every host that they fit, by labels, names or both, and say nothing about others', async () => {
    expect(
      await assign([
        `{ labels: site=ams, ${routes(route('10.1.0.0/16', '10.0.0.1'))} }`,
        `{ hosts: ["*2", db1], ${routes(route('10.2.0.0/16', '10.0.0.1'))} }`,
        `{ labels: [site=ams, role=web], hosts: web1, ${routes(route('10.3.0.0/16', '10.0.0.1'))} }`,
      ]),
    ).toEqual({
      web1: ['10.1.0.0/16 10.0.0.1', '10.3.0.0/16 10.0.0.1'],
      web2: ['10.1.0.0/16 10.0.0.1', '10.2.0.0/16 10.0.0.1'],
      db1: ['10.2.0.0/16 10.0.0.1'],
      unmatched: [],
    });
    expect(await assign([`{ labels: role=db, ${routes()} }`])).toEqual({ db1: [], unmatched: ['web1', 'web2'] });
  });

  it('take labels of the host for prefix, next hop, interface and metric', async () => {
    const row = '{ prefix: "${net}/16", nextHop: "${site.gateway}", interface: "port ${port}", metric: "${metric}" }';
    const { forHosts } = await loadDesiredState(
      write([
        `{ hosts: web1, ${routes(row, '{ prefix: 10.8.0.0/16, interface: { index: "${port}" } }', '{ prefix: 10.8.0.0/16, interface: { luid: "${port}00" } }')} }`,
      ]),
    );
    expect(forHosts([web1], fleet).targets[0]?.routes).toEqual([
      { destinationPrefix: '10.9.0.0/16', nextHop: '10.20.0.1', interface: { alias: 'port 12' }, metric: 7, persistent: true },
      { destinationPrefix: '10.8.0.0/16', interface: { index: 12 }, persistent: true },
      { destinationPrefix: '10.8.0.0/16', interface: { luid: 1200n }, persistent: true },
    ]);
    expect(await assign([`{ hosts: "*", ${routes(route('10.9.0.0/16', '"${site.gateway}"'))} }`])).toEqual({
      web1: ['10.9.0.0/16 10.20.0.1'],
      web2: ['10.9.0.0/16 10.20.0.2'],
      db1: ['10.9.0.0/16 10.30.0.1'],
      unmatched: [],
    });
  });

  it('take labels also in a file that is one section', async () => {
    const file = join(directory, 'one.yaml');
    writeFileSync(file, 'owner: a\nroutes: [{ prefix: 10.9.0.0/16, nextHop: "${site.gateway}" }]\n');
    const { forHosts } = await loadDesiredState(file);
    expect(forHosts(fleet, fleet).targets.map((target) => target.routes[0]?.nextHop)).toEqual(['10.20.0.1', '10.20.0.2', '10.30.0.1']);
  });

  it('do not take a variable inside a label for another one', async () => {
    const odd = host('odd', { a: '${site.gateway}', 'site.gateway': '10.0.0.1' });
    const { forHosts } = await loadDesiredState(write([`{ hosts: odd, ${routes(route('10.9.0.0/16', '"${a}"'))} }`]));
    expect(() => forHosts([odd], [odd])).toThrow(
      /"\$\{site\.gateway\}" is not an IP address \(sections\[0\]\.routes\[0\]\.nextHop, host odd\)/,
    );
  });

  it.each([
    [
      'a label that is missing, with line, variable, host and remedy',
      [`{ hosts: "*", ${routes(route('10.9.0.0/16', '"${site.gateway}"'), '{ prefix: "${net}/16" }')} }`],
      /^routes\.yaml:3:\d+: "\$\{net\}" in sections\[0\]\.routes\[1\]\.prefix: 2 hosts \(web2, db1\) have no label "net"\. give every such host, .* the label "net" in the inventory/,
    ],
    [
      'every label that is missing',
      [`{ hosts: db1, ${routes('{ prefix: "${net}/16", metric: "${metric}" }')} }`],
      /"\$\{net\}" .*: the host db1 has no label "net"\nroutes\.yaml:3:\d+: "\$\{metric\}" .*: the host db1 has no label "metric"\. .* "net" and "metric"/,
    ],
    [
      'a value that no host could take',
      [`{ hosts: web*, ${routes('{ prefix: "${site.gateway}/16" }')} }`],
      /^routes\.yaml:3:\d+: "10\.20\.0\.1\/16" has bits set behind its prefix length of 16 \(sections\[0\]\.routes\[0\]\.prefix, host web1\)\. write "10\.20\.0\.0\/16"/,
    ],
    [
      'a metric that is no number',
      [`{ hosts: web1, ${routes('{ prefix: 10.9.0.0/16, metric: "${role}" }')} }`],
      /"web" is not a whole number \(sections\[0\]\.routes\[0\]\.metric, host web1\)/,
    ],
    [
      'a metric that is too high',
      [`{ hosts: web1, ${routes('{ prefix: 10.9.0.0/16, metric: "${metric}0000000000" }')} }`],
      /70000000000.*\(sections\[0\]\.routes\[0\]\.metric, host web1\)/,
    ],
    [
      'an interface index that is no number',
      [`{ hosts: web1, ${routes('{ prefix: 10.9.0.0/16, interface: { index: "${role}" } }')} }`],
      /"web" is not a whole number \(sections\[0\]\.routes\[0\]\.interface, host web1\)/,
    ],
    [
      'the same route from two sections, with both lines',
      [
        `{ labels: site=ams, ${routes(route('10.9.0.0/16', '10.20.0.2'))} }`,
        `{ hosts: "*2", ${routes(route('10.9.0.0/16', '"${site.gateway}"'))} }`,
      ],
      /^routes\.yaml:4:\d+: sections\[1\]\.routes\[0\] is the same route as sections\[0\]\.routes\[0\] \(host web2\): 10\.9\.0\.0\/16 via 10\.20\.0\.2\nroutes\.yaml:3:\d+: sections\[0\]\.routes\[0\] is the other one\. give every route once/,
    ],
    [
      'the same route twice in a section',
      [`{ hosts: web1, ${routes('{ prefix: 10.9.0.0/16 }', '{ prefix: "${net}/16" }')} }`],
      /^routes\.yaml:3:\d+: sections\[0\]\.routes\[1\] is the same route as sections\[0\]\.routes\[0\] \(host web1\): 10\.9\.0\.0\/16 on-link\. give/,
    ],
    [
      'labels that no host of the inventory has',
      [`{ labels: site=lon, ${routes()} }`],
      /^routes\.yaml:3:15: no host has the labels site=lon \(sections\[0\]\.labels\)\. there are the hosts web1, web2, db1 and the labels .*site=ams/,
    ],
    [
      'a name that no host has',
      [`{ hosts: [web1, mail*], ${routes()} }`],
      /^routes\.yaml:3:14: no host is named "mail\*" \(sections\[0\]\.hosts\)/,
    ],
    [
      'labels that cannot be read',
      [`{ labels: "site~ams", ${routes()} }`],
      /^routes\.yaml:3:15: "site~ams" in the label selector .* is no term/,
    ],
    [
      'a section for nobody',
      [`{ ${routes()} }`],
      /^routes\.yaml:3:5: "hosts" is missing in sections\[0\]\. .*a section has labels, hosts or both/,
    ],
    [
      'a variable that is none',
      [`{ hosts: web1, ${routes(route('10.9.0.0/16', '"${site gateway}"'))} }`],
      /is not an IP address .*nor a host variable/,
    ],
    [
      'an alias with half a variable',
      [`{ hosts: web1, ${routes('{ prefix: 10.9.0.0/16, interface: "port ${port" }')} }`],
      /^routes\.yaml:3:\d+: "port \$\{port" in sections\[0\]\.routes\[0\]\.interface holds "\$\{" without the name of a label/,
    ],
  ])('refuse %s', async (_what, sections, message) => {
    expect(await refusal(sections)).toMatch(message);
  });

  it('ask for labels of those hosts alone that are asked about', async () => {
    const sections = [`{ hosts: "*", ${routes('{ prefix: "${net}/16" }')} }`];
    expect(await assign(sections, [web1])).toEqual({ web1: ['10.9.0.0/16 undefined'], unmatched: [] });
    expect(await refusal(sections, [db1])).toMatch(/the host db1 has no label "net"/);
  });

  it('count as missing what only an object has', async () => {
    expect(await refusal([`{ hosts: web1, ${routes('{ prefix: 10.9.0.0/16, interface: "${constructor}" }')} }`])).toMatch(
      /no label "constructor"/,
    );
  });
});
