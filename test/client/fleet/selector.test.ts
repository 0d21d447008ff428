import { describe, expect, it } from 'vitest';
import { FleetError } from '../../../client/fleet/fleet-error.js';
import type { Host } from '../../../client/fleet/host.js';
import { type Selection, selectHosts } from '../../../client/fleet/selector.js';

const hosts: readonly Host[] = [
  host('web1', { site: 'ams', role: 'web' }),
  host('web2', { site: 'fra', role: 'web', retired: '' }),
  host('WEB10', { site: 'ams', 'net/rack': '12' }),
  host('db.web1', { role: 'db' }),
];

function host(name: string, labels: Record<string, string>): Host {
  return { name, address: `${name}:7420`, groups: [], labels };
}

function names(selection: Selection): string[] {
  return selectHosts(hosts, selection).map(({ name }) => name);
}

describe('selectHosts', () => {
  it.each([
    [[], ['web1', 'web2', 'WEB10', 'db.web1']],
    [['web1'], ['web1']],
    [['WEB1'], ['web1']],
    [['web?'], ['web1', 'web2']],
    [['web*'], ['web1', 'web2', 'WEB10']],
    [['*web1'], ['web1', 'db.web1']],
    [['db.web1'], ['db.web1']],
    [
      ['web2', 'web1'],
      ['web1', 'web2'],
    ],
    [
      ['web1', 'web*'],
      ['web1', 'web2', 'WEB10'],
    ],
  ])('takes the names %j', (globs, expected) => {
    expect(names({ names: globs })).toEqual(expected);
  });

  it.each([
    ['site=ams', ['web1', 'WEB10']],
    ['site==ams', ['web1', 'WEB10']],
    ['site = ams , role = web', ['web1']],
    ['role!=web', ['WEB10', 'db.web1']],
    ['retired', ['web2']],
    ['retired=', ['web2']],
    ['!retired', ['web1', 'WEB10', 'db.web1']],
    ['net/rack=12', ['WEB10']],
    ['site,!retired,role', ['web1']],
    ['!toString', ['web1', 'web2', 'WEB10', 'db.web1']],
  ])('takes the labels %s', (label, expected) => {
    expect(names({ labels: [label] })).toEqual(expected);
  });

  it('takes hosts for which all selectors and any of the names hold', () => {
    expect(names({ names: ['web1', 'db*'], labels: ['site=ams', 'role=web'] })).toEqual(['web1']);
  });

  it.each([
    ['a glob without a match beside one with a match', { names: ['web1', 'dns?'] }, 'NO_MATCH', 'no host is named "dns?"'],
    ['a dot that would stand for anything', { names: ['dbxweb1'] }, 'NO_MATCH', 'no host is named "dbxweb1"'],
    [
      'names and labels that exclude each other',
      { names: ['web1'], labels: ['role=db'] },
      'NO_MATCH',
      'a name like web1 and the labels role=db',
    ],
    ['a label that no host has', { labels: ['constructor'] }, 'NO_MATCH', 'the labels constructor'],
    ['an empty term', { labels: ['site=ams,'] }, 'SELECTOR_INVALID', '"" in the label selector "site=ams,"'],
    ['another operator', { labels: ['site>ams'] }, 'SELECTOR_INVALID', '"site>ams"'],
    ['two operators', { labels: ['a=b=c'] }, 'SELECTOR_INVALID', '"a=b=c"'],
  ] as const)('refuses %s', (_what, selection, code, message) => {
    const error = refusal(selection);
    expect(error).toMatchObject({ code, message: expect.stringContaining(message), remedy: expect.stringMatching(/\w/) });
  });

  it('says what there is to choose from, but not a whole fleet', () => {
    expect(refusal({ names: ['nope'] }).remedy).toBe(
      'there are the hosts web1, web2, WEB10, db.web1 and the labels net/rack=12, retired=, role=db, role=web, site=ams, site=fra',
    );
    const many = Array.from({ length: 1_000 }, (_, index) => host(`h${index}`, {}));
    expect(refusal({ names: ['nope'] }, many).remedy).toMatch(/h18, h19 and 980 more and the labels \(none\)$/);
  });
});

function refusal(selection: Selection, among: readonly Host[] = hosts): FleetError {
  try {
    selectHosts(among, selection);
  } catch (error) {
    if (error instanceof FleetError) return error;
    throw error;
  }
  throw new Error('it was not refused');
}
