import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runAuthz } from '../../../agent/access/authz-command.js';
import { createTestPki, type TestPki } from '../../support/pki.js';

let directory: string;
let pki: TestPki;
let cert: string;
let authorization: string;
let ca: string;
let crl: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'routefleet-authz-'));
  pki = await createTestPki();
  const jane = await pki.issueClient({ name: 'jane', uri: 'urn:routefleet:controller:jane' });
  ({ ca, certificate: cert } = await pki.writeTo(directory, 'jane', jane));
  authorization = join(directory, 'authorization.yaml');
  crl = join(directory, 'crl.pem');
  await writeFile(
    authorization,
    'rules: [{ identities: ["urn:routefleet:controller:*"], role: editor, prefixes: [10.0.0.0/8], owners: [net] }]',
  );
  await writeFile(crl, await pki.revoke(jane));
});
afterAll(() => rm(directory, { recursive: true }));

function test(...args: readonly string[]) {
  return runAuthz(['test', '--authorization', authorization, '--cert', cert, ...args]);
}

it('says by which rule a call may be made', async () => {
  const { text, allowed } = await test('--rpc', 'ApplyRoutes');
  expect(text).toMatch(/^identity: urn:routefleet:controller:jane, serial number [\dA-F]+\n/);
  expect(text).toContain(`rule 1 of ${authorization}: urn:routefleet:controller:*: editor\nApplyRoutes: allowed (it needs editor)\n`);
  expect(allowed).toBe(true);
});

it.each<[string, readonly string[], RegExp, boolean]>([
  ['a row within the rule', ['--prefix', '10.9.0.0/16', '--owner', 'net'], /10\.9\.0\.0\/16: allowed\n$/, true],
  [
    'a row outside',
    ['--prefix', '192.0.2.0/24', '--owner', 'net'],
    /denied: .* may not write 192\.0\.2\.0\/24 .*not within 10\.0\.0\.0\/8 \(NOT_AUTHORIZED\)\nremedy: /,
    false,
  ],
  ['a row for nobody', ['--prefix', '10.9.0.0/16'], /denied: .* may not write for nobody/, false],
  [
    'a risk',
    ['--prefix', '10.9.0.0/16', '--owner', 'net', '--accept-risk', 'default-route'],
    /may not accept the risk default-route/,
    false,
  ],
])('says whether %s may be written', async (_what, args, message, allowed) => {
  const outcome = await test('--rpc', 'ApplyRoutes', ...args);
  expect(outcome.text).toMatch(message);
  expect(outcome.allowed).toBe(allowed);
});

it('knows revocation lists', async () => {
  const outcome = await test('--rpc', 'GetAgent', '--tls-crl', crl, '--tls-ca', ca);
  expect(outcome).toMatchObject({ allowed: false, text: expect.stringMatching(/is revoked \(CERTIFICATE_REVOKED\)/) });
});

it.each<[readonly string[], RegExp]>([
  [['--rpc', 'Reboot'], /--rpc: there is no "Reboot"/],
  [['--rpc', 'GetAgent', '--cert', 'LICENSE'], /--cert: LICENSE holds no certificate/],
  [['--rpc', 'GetAgent', '--authorization', '/no/file'], /--authorization: ENOENT/],
  [['--rpc', 'GetAgent', '--tls-crl', '/no/file'], /--tls-crl needs --tls-ca/],
  [['--rpc', 'ApplyRoutes', '--prefix', '10.0.0.1/8'], /has bits set behind/],
])('refuses %j', async (args, message) => {
  await expect(test(...args)).rejects.toThrow(message);
});

it('wants the interface where the rule is for some alone', async () => {
  const narrow = join(directory, 'narrow.yaml');
  await writeFile(narrow, 'rules: [{ identities: ["*"], role: editor, interfaces: ["Ethernet*"] }]');
  const args = ['--authorization', narrow, '--rpc', 'ApplyRoutes', '--prefix', '10.9.0.0/16'];
  await expect(test(...args)).rejects.toThrow('--prefix without --interface: the rule is for Ethernet* alone');
  expect(await test(...args, '--interface', 'Ethernet 2')).toMatchObject({ allowed: true });
  expect(await test(...args, '--interface', '')).toMatchObject({ allowed: false });
});
