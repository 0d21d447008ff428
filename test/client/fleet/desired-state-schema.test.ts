// biome-ignore-all lint/suspicious/noTemplateCurlyInString: host variables of desired states are written so
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { loadDesiredState } from '../../../client/fleet/desired-state.js';
import { desiredStateSchema } from '../../../client/fleet/desired-state-schema.js';
import { FleetError } from '../../../client/fleet/fleet-error.js';

const published = 'client/fleet/desired-state.schema.json';
const schema = z.toJSONSchema(desiredStateSchema, { io: 'input' });
// After a change of the form: UPDATE_SCHEMA=1 npx vitest run --project unit test/client/fleet/desired-state-schema.test.ts; npm run fix
if (process.env.UPDATE_SCHEMA !== undefined) writeFileSync(published, JSON.stringify(schema, null, 2));

const directory = mkdtempSync(join(tmpdir(), 'routefleet-schema-'));
afterAll(() => rmSync(directory, { recursive: true }));

const isValid = new Ajv2020({ allErrors: true }).compile(JSON.parse(readFileSync(published, 'utf8')));

async function isTaken(text: string): Promise<boolean> {
  const file = join(directory, 'routes.yaml');
  writeFileSync(file, text);
  try {
    await loadDesiredState(file);
    return true;
  } catch (error) {
    if (error instanceof FleetError && error.code === 'DESIRED_STATE_INVALID') return false;
    throw error;
  }
}

const sections = (...all: readonly string[]) => `owner: a\nsections:\n${all.map((section) => `  - ${section}\n`).join('')}`;

const one = (route: string) => `owner: a\nroutes:\n  - ${route}\n`;

const good = {
  'no routes': 'owner: a\nroutes: []\n',
  everything: one('{ prefix: 10.9.0.0/16, nextHop: 10.20.0.254, interface: Ethernet, metric: 5, persistent: false }'),
  'the longest owner': `owner: ${'a'.repeat(60)}/@:.\nroutes: []\n`,
  'a drift policy': 'owner: a\ndriftPolicy: report\nroutes: []\n',
  'a prefix alone': one('{ prefix: 0.0.0.0/0 }'),
  'IPv6 with a zone': one('{ prefix: "2001:db8::/32", nextHop: "fe80::1%12" }'),
  'the longest IPv6 prefix': one('{ prefix: "::ffff:192.0.2.1/128" }'),
  'an interface by index': one('{ prefix: 10.0.0.0/8, interface: { index: 12 } }'),
  'an interface by LUID': one('{ prefix: 10.0.0.0/8, interface: { luid: 1689399632855040 } }'),
  'an interface by LUID in quotes': one('{ prefix: 10.0.0.0/8, interface: { luid: "18446744073709551615" } }'),
  'an interface by GUID': one('{ prefix: 10.0.0.0/8, interface: { guid: "{6B29FC40-CA47-1067-B31D-00DD010662DA}" } }'),
  'an interface by alias': one('{ prefix: 10.0.0.0/8, interface: { alias: Ethernet 2 } }'),
  'the highest metric': one('{ prefix: 10.0.0.0/8, metric: 4294967295 }'),
  'a section by labels': sections('{ labels: site=ams, routes: [{ prefix: 10.0.0.0/8 }] }'),
  'sections by names': sections('{ hosts: web*, routes: [] }', '{ hosts: [db1, db2], labels: [role=db], routes: [] }'),
  'host variables': one(
    '{ prefix: "${net}/16", nextHop: "${site.gateway}", interface: "${a/b} 2", metric: "${metric}" }\n  - { prefix: "${net}.0/${l}" }',
  ),
  'an interface by a host variable': one('{ prefix: 10.0.0.0/8, interface: { index: "${index}" } }'),
  'an alias with "$"': one('{ prefix: 10.0.0.0/8, interface: "Port $1" }'),
  'one prefix by two next hops': one('{ prefix: 10.0.0.0/8, nextHop: 10.0.0.1 }\n  - { prefix: 10.0.0.0/8, nextHop: 10.0.0.2 }'),
};

const bad = {
  nothing: '',
  'a list': '- a\n',
  'no owner': 'routes: []\n',
  'an empty owner': 'owner: ""\nroutes: []\n',
  'an owner that is no text': 'owner: 7\nroutes: []\n',
  'an owner of two words': 'owner: team net\nroutes: []\n',
  'an owner of 65 characters': `owner: ${'a'.repeat(65)}\nroutes: []\n`,
  'no list of routes': 'owner: a\n',
  'an empty entry "routes"': 'owner: a\nroutes:\n',
  'an unknown key': 'owner: a\nroutes: []\ncolour: red\n',
  'an unknown key of a route': one('{ prefix: 10.0.0.0/8, gateway: 10.0.0.1 }'),
  'an unknown drift policy': 'owner: a\ndriftPolicy: ignore\nroutes: []\n',
  'no prefix': one('{ nextHop: 10.0.0.1 }'),
  'a prefix without length': one('{ prefix: 10.0.0.0 }'),
  'a length of 33': one('{ prefix: 10.0.0.0/33 }'),
  'a length of 129': one('{ prefix: "2001:db8::/129" }'),
  'an octet of 256': one('{ prefix: 10.256.0.0/16 }'),
  'a next hop that is a name': one('{ prefix: 10.0.0.0/8, nextHop: web1 }'),
  'a next hop with a zone that is no index': one('{ prefix: "::/0", nextHop: "fe80::1%eth0" }'),
  'a metric in quotes': one('{ prefix: 10.0.0.0/8, metric: "5" }'),
  'a negative metric': one('{ prefix: 10.0.0.0/8, metric: -1 }'),
  'a fractional metric': one('{ prefix: 10.0.0.0/8, metric: 1.5 }'),
  'a metric beyond 32 bits': one('{ prefix: 10.0.0.0/8, metric: 4294967296 }'),
  'an interface that is a number': one('{ prefix: 10.0.0.0/8, interface: 12 }'),
  'an interface named twice': one('{ prefix: 10.0.0.0/8, interface: { index: 12, alias: Ethernet } }'),
  'an interface without name': one('{ prefix: 10.0.0.0/8, interface: "" }'),
  'an index of 0': one('{ prefix: 10.0.0.0/8, interface: { index: 0 } }'),
  'a GUID that is none': one('{ prefix: 10.0.0.0/8, interface: { guid: "{1-2}" } }'),
  'a LUID beyond what a number holds': one('{ prefix: 10.0.0.0/8, interface: { luid: 18446744073709551615 } }'),
  'routes and sections': `${one('{ prefix: 10.0.0.0/8 }')}sections:\n  - { hosts: web1, routes: [] }\n`,
  'no section': 'owner: a\nsections: []\n',
  'a section for nobody': sections('{ routes: [] }'),
  'a section without routes': sections('{ hosts: web1 }'),
  'a section with an empty list of names': sections('{ hosts: [], routes: [] }'),
  'a section with an unknown key': sections('{ host: web1, hosts: web1, routes: [] }'),
  'a host variable without a name': one('{ prefix: "${}/16" }'),
  'a host variable with a space': one('{ prefix: 10.0.0.0/8, nextHop: "${site gateway}" }'),
  'a host variable without an end': one('{ prefix: 10.0.0.0/8, interface: "${port" }'),
  'persistent that is a text': one('{ prefix: 10.0.0.0/8, persistent: "yes" }'),
};

/** Rules that a JSON Schema cannot say; only the parser knows them. */
const beyondTheSchema = {
  'host bits': one('{ prefix: 10.9.1.0/16 }'),
  'groups of an IPv6 address': one('{ prefix: "2001:db8:::/32" }'),
  'groups of an IPv6 next hop': one('{ prefix: "::/0", nextHop: "fe80:::1" }'),
  'an IPv6 prefix of two groups': one('{ prefix: "1:2/16" }'),
  'families that differ': one('{ prefix: 10.0.0.0/8, nextHop: "2001:db8::1" }'),
  'a LUID of more than 64 bits': one('{ prefix: 10.0.0.0/8, interface: { luid: "18446744073709551616" } }'),
  'a zone of more than 32 bits': one('{ prefix: "::/0", nextHop: "fe80::1%4294967296" }'),
  'a label selector': sections('{ labels: "site~ams", routes: [] }'),
  'a route twice': one('{ prefix: 10.0.0.0/8, metric: 1 }\n  - { prefix: 10.0.0.0/8, metric: 2, nextHop: 0.0.0.0 }'),
};

describe('the published schema of desired states', () => {
  it('is what the parser checks by', () => {
    expect(JSON.parse(readFileSync(published, 'utf8'))).toEqual(JSON.parse(JSON.stringify(schema)));
  });

  it.each(Object.entries(good))('takes %s, like the parser', async (_what, text) => {
    expect([isValid(parse(text)), await isTaken(text)]).toEqual([true, true]);
  });

  it.each(Object.entries(bad))('refuses %s, like the parser', async (_what, text) => {
    expect([isValid(parse(text)), await isTaken(text)]).toEqual([false, false]);
  });

  it.each(Object.entries(beyondTheSchema))('leaves to the parser: %s', async (_what, text) => {
    expect([isValid(parse(text)), await isTaken(text)]).toEqual([true, false]);
  });
});
