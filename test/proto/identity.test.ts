import { describe, expect, it } from 'vitest';
import { canonicalName, identityUri, parseIdentityUri } from '../../proto/identity.js';
import { parsePin } from '../../proto/pem.js';
import { isOpenToOthers, modeText } from '../../proto/private-mode.js';

describe('names', () => {
  it.each([
    ['WEB1', 'web1'],
    ['web1.example.net', 'web1.example.net'],
    ['a', 'a'],
    ['db_1-x', 'db_1-x'],
  ])('"%s" stands in certificates as "%s"', (text, name) => {
    expect(canonicalName(text)).toBe(name);
    expect(parseIdentityUri(identityUri({ kind: 'agent', name }))).toEqual({ kind: 'agent', name });
  });

  it.each(['', '.', '-web', 'web-', 'web 1', 'web/1', '../web', 'web:1', 'wéb', 'web1\n', 'a'.repeat(65)])('%j is none', (text) => {
    expect(() => canonicalName(text)).toThrow(/does not consist of 1 to 64 letters/);
  });
});

it.each([
  'urn:routefleet:agent:',
  'urn:routefleet:agent:WEB1',
  'urn:routefleet:router:web1',
  'urn:routefleet:agent:web1\n',
  'xurn:routefleet:agent:web1',
  'urn:routefleet:agent:web1:web2',
])('%j is no identity', (uri) => {
  expect(parseIdentityUri(uri)).toBeUndefined();
});

describe('pins', () => {
  const hex = 'd817bd90b9150b466fefbdeb15bb57969df387ace6c9ed97a49f84d9a5874460';

  it.each([
    hex,
    hex.toUpperCase(),
    hex.match(/../g)?.join(':') ?? '',
    Buffer.from(hex, 'hex').toString('base64'),
    Buffer.from(hex, 'hex').toString('base64url'),
  ])('sha256:%s is read', (digest) => {
    expect(parsePin(`sha256:${digest}`)).toBe(`sha256:${hex}`);
  });

  it.each([hex, `sha1:${hex}`, `sha256:${hex.slice(2)}`, `sha256:${hex}00`, 'sha256:', `sha256: ${hex}`])('"%s" is none', (text) => {
    expect(parsePin(text)).toBeUndefined();
  });
});

it.each([
  [0o600, false],
  [0o400, false],
  [0o700, false],
  [0o640, true],
  [0o604, true],
  [0o620, true],
  [0o601, true],
])('a file of mode 0%o is open to others: %s, on Windows never', (mode, open) => {
  expect([isOpenToOthers(mode, 'linux'), isOpenToOthers(mode, 'win32')]).toEqual([open, false]);
  expect(modeText(0o100_000 | mode)).toBe(`0${mode.toString(8)}`);
});
