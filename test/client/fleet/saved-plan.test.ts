import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { FleetError } from '../../../client/fleet/fleet-error.js';
import type { Host } from '../../../client/fleet/host.js';
import { hashHosts, hostsOfPlan, type SavedPlan } from '../../../client/fleet/saved-plan.js';
import { checkPlanTarget, readPlan, writePlan } from '../../../client/fleet/saved-plan-file.js';

const root = mkdtempSync(join(tmpdir(), 'routefleet-plan-'));
afterAll(() => rmSync(root, { recursive: true }));
let directory: string;
let file: string;
beforeEach(() => {
  directory = mkdtempSync(join(root, 'test-'));
  file = join(directory, 'plan.json');
});

const host = (name: string): Host => ({ name, address: `${name}:7420`, groups: [], labels: { site: 'ams' } });
const fleet = [host('web1'), host('web2'), host('web3')];

const saved = (name: string): SavedPlan['hosts'][number] => ({
  name,
  address: `${name}:7420`,
  bootId: 'boot-1',
  revision: 2n ** 60n,
  planToken: 'a.b',
  summary: { creates: 1, sets: 0, deletes: 0, unchanged: 0 },
  routes: [
    { destinationPrefix: '10.9.0.0/16', nextHop: '10.0.0.1', interface: { luid: 2n ** 64n - 1n }, metric: 5, persistent: true },
    { destinationPrefix: '10.8.0.0/16', interface: { alias: 'Ethernet' }, persistent: false },
    { destinationPrefix: '2001:db8::/32', interface: { index: 12 }, validLifetimeSeconds: 60, preferredLifetimeSeconds: 30, publish: true },
    { destinationPrefix: '2001:db8::/48', interface: { guid: '{6B29FC40-CA47-1067-B31D-00DD010662DA}' } },
  ],
});

const plan: SavedPlan = {
  createTime: new Date('2026-01-02T03:04:05.678Z'),
  inventory: { path: '/fleet.yaml', sha256: hashHosts(fleet) },
  file: 'routes.yaml',
  options: { owner: 'team-net', driftPolicy: 'report', atomicity: 'allOrNothing', destinations: ['8.8.8.8'] },
  hosts: [saved('web1'), saved('web2')],
  unplanned: [{ name: 'web3', address: 'web3:7420', reason: 'UNREACHABLE' }],
};

async function refused(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof FleetError)) throw new Error(`not refused with a FleetError: ${String(error)}`);
  return `${error.code}: ${error.message.replaceAll(directory, '')}. ${error.remedy}`;
}

describe('a saved plan', () => {
  it('is read as it was written, also numbers beyond those of JSON', async () => {
    await writePlan(file, plan);
    expect(await readPlan(file)).toEqual(plan);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('takes the place of an earlier one, and leaves nothing else behind', async () => {
    await writePlan(file, plan);
    await writePlan(file, { ...plan, hosts: [saved('web1')] });
    expect((await readPlan(file)).hosts).toHaveLength(1);
    expect(readdirSync(directory)).toEqual(['plan.json']);
  });

  it.each([
    ['a desired state', 'owner: a\nroutes: []\n'],
    ['JSON of something else', '{"kind":"other"}'],
    ['an empty file', ''],
    ['a list', '["routefleet.plan"]'],
  ])('does not take the place of %s', async (_what, text) => {
    writeFileSync(file, text);
    const message = /^PLAN_INVALID: "\/plan\.json" is there and is no saved plan: it is left as it is\. give another path/;
    expect(await refused(checkPlanTarget(file))).toMatch(message);
    expect(await refused(writePlan(file, plan))).toMatch(message);
    expect(readFileSync(file, 'utf8')).toBe(text);
    expect(readdirSync(directory)).toEqual(['plan.json']);
  });

  it('does not take the place of a directory, and names the cause where it cannot be written', async () => {
    mkdirSync(file);
    expect(await refused(checkPlanTarget(file))).toMatch(/^PLAN_INVALID: /);
    expect(await refused(writePlan(join(directory, 'no', 'plan.json'), plan))).toBe(
      'PLAN_UNREADABLE: no plan can be written to "/no/plan.json" (ENOENT). check the directory and its space',
    );
  });

  it('of another version may be replaced, and is refused when it is read', async () => {
    await writePlan(file, plan);
    writeFileSync(file, readFileSync(file, 'utf8').replace('"version": 1', '"version": 2'));
    expect(await refused(readPlan(file))).toMatch(
      /^PLAN_INVALID: the plan "\/plan\.json" has version 2, and this program reads version 1\. plan again/,
    );
    await writePlan(file, plan);
    expect(await readPlan(file)).toEqual(plan);
  });

  it.each([
    ['is not there', undefined, /^PLAN_UNREADABLE: the plan "\/plan\.json" cannot be read \(ENOENT\)/],
    ['is a desired state', 'owner: a\n', /^PLAN_INVALID: "\/plan\.json" is no saved plan\. .*a desired state goes with -f/],
    ['was cut off', '{"kind":"routefleet.plan","version":1,"hosts":[{', /^PLAN_INVALID: .* is no saved plan/],
    ['lacks a part', '{"kind":"routefleet.plan","version":1,"hosts":[]}', /^PLAN_INVALID: \/plan\.json: "createTime" is missing\n/],
  ])('that %s is refused', async (_what, text, message) => {
    if (text !== undefined) writeFileSync(file, text);
    expect(await refused(readPlan(file))).toMatch(message);
  });
});

describe('the hosts of a saved plan', () => {
  const names = (chosen?: readonly Host[]) => hostsOfPlan(plan, plan.inventory, fleet, chosen).map((part) => part.host.name);
  const otherwise = (inventory: SavedPlan['inventory']) => () => hostsOfPlan(plan, inventory, fleet);

  it('are all of it, or those that are chosen', () => {
    expect(names()).toEqual(['web1', 'web2']);
    expect(names([host('web2')])).toEqual(['web2']);
  });

  it('are no others', () => {
    expect(() => names(fleet)).toThrow('web3 is not in the plan: it could not be planned (UNREACHABLE)');
    expect(() => names([host('mail')])).toThrow('mail is not in the plan: the plan is for other hosts');
  });

  it('are those of its inventory', () => {
    expect(otherwise({ path: '/fleet.yaml', sha256: 'x' })).toThrow(/^the inventory \/fleet\.yaml changed since the plan was made: /);
    expect(otherwise({ path: '/other.yaml', sha256: 'x' })).toThrow(/^the plan is of the inventory \/fleet\.yaml, not of \/other\.yaml: /);
    expect(otherwise(undefined)).toThrow(/^the plan is of the inventory \/fleet\.yaml, not of addresses/);
    expect(() => hostsOfPlan({ ...plan, inventory: undefined }, plan.inventory, fleet)).toThrow(
      /^the plan is of agents that were given by --address/,
    );
    expect(() => hostsOfPlan(plan, plan.inventory, [{ ...host('web1'), address: 'else:7420' }])).toThrow(
      /holds web1 at web1:7420, and the inventory does not/,
    );
  });

  it.each([
    ['an address', { address: 'x:1' }, false],
    ['a label', { labels: { site: 'fra' } }, false],
    ['a group', { groups: ['web'] }, false],
    ['paths of certificates', { tls: { ca: 'a', certificate: 'b', key: 'c' } }, true],
  ])('are told apart by %s or not', (_what, change, same) => {
    expect(hashHosts([{ ...host('web1'), ...change }]) === hashHosts([host('web1')])).toBe(same);
  });

  it('are the same whatever the order of labels', () => {
    const [one, two] = [
      { a: '1', b: '2' },
      { b: '2', a: '1' },
    ].map((labels) => hashHosts([{ ...host('web1'), labels }]));
    expect(one).toBe(two);
  });
});
