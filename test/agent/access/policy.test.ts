import { describe, expect, it } from 'vitest';
import { decideAccess } from '../../../agent/access/decide.js';
import { identityOf, type PeerIdentity } from '../../../agent/access/peer-identity.js';
import { parsePolicy } from '../../../agent/access/policy.js';
import { rpcOf } from '../../../agent/access/rpc-rights.js';

const now = Date.parse('2026-11-24T12:00:00Z');
const jane: PeerIdentity = { name: 'urn:routefleet:controller:jane', serialNumber: '0A', issuer: '[]', notAfter: now + 1 };

function decide(yaml: string, identity: Partial<PeerIdentity> = {}, rpc = 'ApplyRoutes') {
  const rules = { policy: parsePolicy(yaml, 'authorization.yaml'), isRevoked: ({ serialNumber }: PeerIdentity) => serialNumber === 'BAD' };
  return decideAccess(rules, rpcOf(rpc), { ...jane, ...identity }, now);
}

describe('the rules', () => {
  it('hold in their order: the first that fits', () => {
    const yaml = `rules:
      - { identities: ["urn:routefleet:controller:jane"], role: editor, prefixes: [10.0.0.0/8], owners: [team-net] }
      - { identities: ["urn:routefleet:controller:*"], role: admin }`;
    expect(decide(yaml)).toMatchObject({
      name: 'urn:routefleet:controller:jane, editor by rule 1,',
      unrestricted: false,
      prefixes: [{ length: 8 }],
      owners: ['team-net'],
    });
    expect(decide(yaml, { name: 'urn:routefleet:controller:noc' })).toMatchObject({ unrestricted: true });
  });

  it.each<[string, string, Partial<PeerIdentity>, RegExp]>([
    ['no rule', 'rules: []', {}, /no rule of the authorization file is for "urn:routefleet:controller:jane"/],
    ['a glob that only contains the name', 'rules: [{ identities: [jane], role: admin }]', {}, /no rule/],
    ['a dot that is no wildcard', 'rules: [{ identities: ["urn.routefleet*"], role: admin }]', {}, /no rule/],
    [
      'a name that goes on in another line',
      'rules: [{ identities: ["a*"], role: viewer }]',
      { name: 'a\nb' },
      /viewer by rule 1, and ApplyRoutes needs editor/,
    ],
    ['an agent', 'rules: [{ identities: ["*"], role: admin }]', { name: 'urn:routefleet:agent:web1' }, /an agent is no client/],
    ['a certificate without a name', 'rules: [{ identities: ["*"], role: admin }]', { name: '' }, /names nobody/],
    [
      'a certificate that expired since',
      'rules: [{ identities: ["*"], role: admin }]',
      { notAfter: now },
      /expired at 2026-11-24T12:00:00/,
    ],
    ['a revoked certificate', 'rules: [{ identities: ["*"], role: admin }]', { serialNumber: 'BAD' }, /\(serial number BAD\) is revoked/],
  ])('let nobody in for %s', (_what, yaml, identity, message) => {
    expect(() => decide(yaml, identity)).toThrow(message);
  });

  it('are for calls of the contract alone', () => {
    expect(() => decide('rules: [{ identities: ["*"], role: admin }]', {}, 'Check')).toThrow('there is no rule for this call');
  });

  it.each([
    ['rules: [{ identities: [], role: admin }]', 'authorization.yaml:1: rules.0.identities: [] is empty'],
    ['rules: [{ identities: [""], role: admin }]', 'authorization.yaml:1: rules.0.identities.0: "" is empty'],
    ['rules:\n  - identities: jane\n    role: admin', 'authorization.yaml:2: rules.0.identities: "jane" is not a list'],
    ['rules:\n  - { identities: ["*"] }', 'authorization.yaml:2: rules.0.role: it is missing'],
    [
      'rules:\n  - { identities: ["*"], role: owner }\n  - { identities: [1], role: admin }',
      'authorization.yaml:2: rules.0.role: "owner" is none of none, viewer, editor, admin; authorization.yaml:3: rules.1.identities.0: 1 is not a text',
    ],
    [
      'rules:\n  - identities: ["*"]\n    role: editor\n    prefixes: [10.0.0.1/8]',
      /authorization\.yaml:4: rules\.0\.prefixes\.0: .*has bits set/,
    ],
    [
      'rules:\n\n  - { identities: ["*"], role: viewer, prefixes: [10.0.0.0/8] }',
      /^authorization\.yaml:3: rules\.0: .* its role is viewer$/,
    ],
    ['rules:\n  - identities: ["*"]\n    role: admin\n    owner: x', 'authorization.yaml:4: rules.0: there is no "owner"'],
    ['rules:\n  - identities: ["*"]\n    role: viewer\n    role: admin', 'authorization.yaml:4: "role" is there twice'],
    ['', 'authorization.yaml:1: the file: null is not a map'],
    ['rules: *none', /authorization\.yaml: .*none/],
    ['rules: [', /authorization\.yaml:1: /],
  ])('are refused when they are %j', (yaml, message) => {
    expect(() => parsePolicy(yaml, 'authorization.yaml')).toThrow(message);
  });
});

describe('the identity in a certificate', () => {
  const certificate = { subject: { CN: 'jane' }, issuer: { CN: 'CA' }, serialNumber: '0a', valid_to: 'Nov 24 12:00:00 2027 GMT' };
  it.each([
    ['URI:urn:routefleet:controller:jane, DNS:jane.example.net', 'urn:routefleet:controller:jane'],
    ['DNS:jane.example.net, URI:urn:x', 'urn:x'],
    ['DNS:jane.example.net, DNS:other', 'jane.example.net'],
    ['IP Address:10.0.0.1', 'jane'],
    [undefined, 'jane'],
  ])('of %s is %s', (subjectaltname, name) => {
    expect(identityOf({ ...certificate, subjectaltname } as never)).toEqual({
      name,
      serialNumber: '0A',
      issuer: '[["CN","CA"]]',
      notAfter: Date.parse('2027-11-24T12:00:00Z'),
    });
  });

  it('is nobody where a name is made to look like several', () => {
    const subjectaltname = 'DNS:"x, URI:urn:routefleet:controller:admin, y"';
    expect(identityOf({ ...certificate, subjectaltname } as never).name).toBe('');
  });
});
