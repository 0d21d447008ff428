import { spawn, spawnSync } from 'node:child_process';
import { createPrivateKey, randomUUID, X509Certificate } from 'node:crypto';
import { chmod, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type AuthorityScene, createAuthorityScene, dayMs, makeIdentity } from '../pki/authority-scene.js';
import { type CliRun, run } from './run.js';

let scene: AuthorityScene;
/** Where the files of a test go. */
let out: string;
beforeAll(async () => {
  scene = await createAuthorityScene();
});
beforeEach(() => {
  out = join(scene.directory, randomUUID());
});
afterAll(() => scene?.close());

function pki(...args: readonly string[]): Promise<CliRun> {
  return run(['pki', ...args, '--pki-dir', scene.pki]);
}

/** What a command that must succeed says, as JSON. */
async function answer<T>(...args: readonly string[]): Promise<T> {
  const { code, stdout, stderr } = await pki(...args, '-o', 'json');
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(stdout);
}

interface Made {
  readonly serial: string;
  readonly certificate: string;
  readonly key: string;
}

const modeOf = async (path: string): Promise<string> => ((await stat(path)).mode & 0o777).toString(8);

describe('routefleet pki', () => {
  it('makes an authority, and says by what it is known', async () => {
    const directory = join(scene.directory, 'new');
    const { code, stdout } = await run(['pki', 'init', '--pki-dir', directory, '--organization', 'Example Net']);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^authority [\da-f]{16} until 20\d\d-\d\d-\d\d \d\d:\d\d UTC\ntrust: .*bundle\.pem\nrevoked: .*crl\.pem\npin: sha256:[\da-f]{64}\n$/,
    );
    expect(await run(['pki', 'init', '--pki-dir', directory])).toMatchObject({ code: 64, stderr: expect.stringContaining('(EXISTS)') });
  });

  it('issues a key and a certificate, and overwrites neither without being asked', async () => {
    const args = ['issue', 'agent', 'WEB1', '--dns', 'web1.example.net', '--ip', '10.0.0.2', '--ip', '2001:db8::1', '--out-dir', out];
    const { serial, certificate, key } = await answer<Made>(...args);
    const x509 = new X509Certificate(await readFile(certificate));
    expect([x509.subject, x509.subjectAltName, x509.serialNumber.toLowerCase()]).toEqual([
      'CN=web1',
      'URI:urn:routefleet:agent:web1, DNS:web1.example.net, IP Address:10.0.0.2, IP Address:2001:DB8:0:0:0:0:0:1',
      serial,
    ]);
    expect(await modeOf(key)).toBe('600');
    const before = await readFile(key, 'utf8');
    expect(await pki(...args)).toMatchObject({
      code: 64,
      stdout: '',
      stderr: expect.stringMatching(/web1\.pem" is already there \(EXISTS\)\. Remedy: .*--force/),
    });
    expect(await readFile(key, 'utf8')).toBe(before);
    await answer<Made>(...args, '--force');
    expect(await readFile(key, 'utf8')).not.toBe(before);
    expect(await modeOf(key)).toBe('600');
  });

  it('signs requests whose key stays where it was made', async () => {
    const { request, key } = await answer<{ request: string; key: string }>('csr', 'controller', 'alice', '--out-dir', out);
    expect(await modeOf(key)).toBe('600');
    const { certificate } = await answer<Made>('sign', request, 'controller', 'alice', '--out-dir', out);
    const x509 = new X509Certificate(await readFile(certificate));
    expect([x509.subjectAltName, x509.keyUsage]).toEqual(['URI:urn:routefleet:controller:alice', ['1.3.6.1.5.5.7.3.2']]);
    expect(x509.checkPrivateKey(createPrivateKey(await readFile(key)))).toBe(true);
    expect(await pki('sign', request, 'controller', 'bob', '--out-dir', out)).toMatchObject({
      code: 64,
      stderr: expect.stringMatching(/the request names "CN=alice", .* controller "bob" \(NAME_MISMATCH\)/),
    });
    expect(await pki('sign', request, 'agent', 'alice', '--out-dir', join(out, 'b'))).toMatchObject({
      code: 64,
      stderr: expect.stringMatching(/the request names "urn:routefleet:controller:alice"/),
    });
  });

  it('renews for the same key and names', async () => {
    const { certificate, key } = await answer<Made>('issue', 'agent', 'web2', '--ip', '10.0.0.3', '--valid-for', '20d', '--out-dir', out);
    const [oldText, keyText] = await Promise.all([readFile(certificate, 'utf8'), readFile(key, 'utf8')]);
    await answer('renew', certificate, '--valid-for', '60d');
    const [old, renewed] = [new X509Certificate(oldText), new X509Certificate(await readFile(certificate))];
    expect(renewed.subjectAltName).toBe(old.subjectAltName);
    expect(renewed.publicKey.equals(old.publicKey)).toBe(true);
    expect(renewed.serialNumber).not.toBe(old.serialNumber);
    expect(Math.round((Date.parse(renewed.validTo) - Date.now()) / dayMs)).toBe(60);
    expect(await readFile(key, 'utf8')).toBe(keyText);
  });

  it('does not renew what was revoked, has ended, or is of others', async () => {
    const ended = await makeIdentity(
      scene.pki,
      { kind: 'agent', name: 'old' },
      { now: new Date(Date.now() - 9 * dayMs), lifetimeMs: dayMs },
    );
    const revoked = await makeIdentity(scene.pki, { kind: 'agent', name: 'lost' });
    await answer('revoke', 'lost', '--reason', 'keyCompromise');
    const other = await createAuthorityScene();
    const foreign = await makeIdentity(other.pki, { kind: 'agent', name: 'web1' });
    await other.close();
    const file = join(scene.directory, 'given.pem');
    for (const [{ certificate }, code, message] of [
      [ended, 1, /agent "old" ended on .* \(NOT_NOW\)\. Remedy: /],
      [revoked, 1, /agent "lost" was revoked on .* \(REVOKED\)\. Remedy: /],
      [foreign, 64, /was not issued by this authority \(NOT_FOUND\)\. Remedy: /],
    ] as const) {
      await writeFile(file, certificate);
      expect(await pki('renew', file)).toMatchObject({ code, stdout: '', stderr: expect.stringMatching(message) });
      expect(await readFile(file, 'utf8')).toBe(certificate);
    }
  });

  it('lists and shows what it issued', async () => {
    const { serial } = await answer<Made>('issue', 'agent', 'shown', '--valid-for', '5d', '--out-dir', out);
    const rows = await answer<Record<string, unknown>[]>('list', '--kind', 'agent', '--expires-within', '6d');
    expect(rows).toEqual([expect.objectContaining({ kind: 'agent', name: 'shown', serial, state: 'valid', dnsNames: ['shown'] })]);
    expect((await pki('list', '--expires-within', '6d')).stdout).toMatch(
      /^KIND +NAME +STATE +UNTIL +SERIAL +REACHED AS\nagent +shown +valid +.* shown\n$/,
    );
    await answer('revoke', serial);
    expect(await answer('list', '--expires-within', '6d')).toEqual([]);
    expect((await pki('list', '--expires-within', '6d', '--ended', '-o', 'csv')).stdout).toContain(`agent,shown,${serial},revoked,`);
    expect((await pki('show', serial)).stdout).toMatch(/^agent shown: revoked\n[\s\S]*-----END CERTIFICATE-----\n$/);
    expect((await pki('show')).stdout).toMatch(
      /^authority [\da-f]{16} \(O=Example Net, CN=CA 1 [\da-f]{8}\) until .*: signs\n {2}pin: sha256:[\da-f]{64}\nrevocation list: \d+ revoked, .*\nno rotation/,
    );
  });

  it.each([
    [
      'a name that could leave its directory',
      ['issue', 'agent', '../web1'],
      64,
      /the name "\.\.\/web1" .*INVALID_TEXT.*Remedy: write a name such as "web1"/,
    ],
    ['a wildcard', ['issue', 'agent', 'web9', '--dns', '*.example.net'], 64, /"\*\.example\.net" is no DNS name of one host/],
    ['an address that is none', ['issue', 'agent', 'web9', '--ip', '10.0.0'], 64, /"10\.0\.0" /],
    ['an address with a zone', ['issue', 'agent', 'web9', '--ip', 'fe80::1%12'], 64, /"fe80::1%12" has a zone/],
    ['addresses of a controller', ['issue', 'controller', 'bob', '--dns', 'bob.example.net'], 64, /a controller is reached by nobody/],
    ['another kind', ['issue', 'router', 'r1'], 64, /Allowed choices are agent, controller/],
    ['a time that is none', ['issue', 'agent', 'web9', '--valid-for', '90'], 64, /"90" for --valid-for/],
    [
      'a time beyond all years',
      ['issue', 'agent', 'web9', '--valid-for', '999999d'],
      64,
      /"999999d" for --valid-for is above a hundred years/,
    ],
    ['an unknown certificate', ['revoke', 'nobody'], 64, /no certificate has the name or serial number "nobody" \(NOT_FOUND\)/],
    ['a request that is none', ['sign', 'LICENSE', 'agent', 'web9'], 64, /the request for a certificate cannot be read \(INVALID\)/],
    ['a certificate that is none', ['renew', 'LICENSE'], 64, /the certificate cannot be read \(INVALID\)/],
    ['a file that is not there', ['renew', '/no/such.pem'], 64, /"\/no\/such\.pem" cannot be read \(ENOENT\)/],
    ['to switch without a next authority', ['rotate', 'switch'], 1, /there is no next authority .* \(NOT_NOW\)\. Remedy: begin with/],
    ['to finish what did not begin', ['rotate', 'finish'], 1, /there is no old authority to drop \(NOT_NOW\)/],
  ])('refuses %s', async (_what, args, code, message) => {
    const result = await pki(...args);
    expect(result.stderr).toMatch(message);
    expect([result.code, result.stdout]).toEqual([code, '']);
  });

  it('says where it looked when there is no authority', async () => {
    expect(await run(['pki', 'list', '--pki-dir', '/no/pki'])).toMatchObject({
      code: 64,
      stderr: expect.stringMatching(/there is no authority in "\/no\/pki" \(NO_AUTHORITY\)\. Remedy: make one with "routefleet pki init"/),
    });
  });

  it('refuses a key that others can read, and says how to close it', async () => {
    const { authorities } = await answer<{ authorities: { id: string }[] }>('show');
    const path = join(scene.pki, `ca-key-${authorities[0]?.id}.pem`);
    await chmod(path, 0o644);
    const { code, stderr } = await pki('issue', 'agent', 'web9', '--out-dir', out);
    await chmod(path, 0o600);
    expect(stderr).toMatch(/the key ".*" can be read or written by others \(mode 0644\) \(KEY_TOO_OPEN\)\. Remedy: chmod 600 "/);
    expect(code).toBe(1);
  });

  it('is not paid for by other commands, nor by an agent: what makes certificates is loaded when one is made', async () => {
    const modules = ['./client/cli/program.ts', './agent/start.ts', './agent/enroll/renewal.ts', './agent/enroll/enrolment-files.ts'];
    // Loading it extends the global Reflect.
    const script = `await Promise.all(${JSON.stringify(modules)}.map((each) => import(each))); console.log('getMetadata' in Reflect); process.exit()`;
    const args = ['--import', 'tsx', '--input-type=module', '--eval', script];
    expect(spawnSync(process.execPath, args, { encoding: 'utf8' })).toMatchObject({ stdout: 'false\n', status: 0 });
  });

  it('gives processes that issue at once an entry and a serial number each', { timeout: 60_000 }, async () => {
    const issue = (name: string) => {
      const args = ['--import', 'tsx', 'client/cli/main.ts', 'pki', 'issue', 'agent', name, '--pki-dir', scene.pki, '--out-dir', out];
      const child = spawn(process.execPath, args, { stdio: 'ignore' });
      return new Promise<number | null>((resolve) => child.on('close', resolve));
    };
    expect(await Promise.all(['p1', 'p2'].map(issue))).toEqual([0, 0]);
    const rows = await answer<{ name: string; serial: string }[]>('list', '--kind', 'agent');
    const made = rows.filter(({ name }) => /^p\d$/.test(name));
    expect(made.map(({ name }) => name).sort()).toEqual(['p1', 'p2']);
    expect(new Set(made.map(({ serial }) => serial)).size).toBe(2);
  });
});

describe('a rotation', () => {
  it('goes step by step, and keeps everybody trusted until the last one renewed', async () => {
    const own = await createAuthorityScene();
    const step = (...args: readonly string[]) => run(['pki', ...args, '--pki-dir', own.pki]);
    const { certificate } = await makeIdentity(own.pki, { kind: 'agent', name: 'web1' });
    const file = join(own.directory, 'web1.pem');
    await writeFile(file, certificate);
    const trusts = async () => {
      const bundle = (await readFile(join(own.pki, 'bundle.pem'), 'utf8')).match(/-----BEGIN[\s\S]*?-----END CERTIFICATE-----/g) ?? [];
      const web1 = new X509Certificate(await readFile(file));
      return [bundle.length, bundle.map((ca) => web1.verify(new X509Certificate(ca).publicKey))];
    };
    expect((await step('rotate', 'begin')).stdout).toMatch(
      /^next authority [\da-f]{16} .*\npin: sha256:.*\ntrust both: .*\nwhen all have it: routefleet pki rotate switch\n$/,
    );
    expect(await step('rotate', 'begin')).toMatchObject({ code: 1, stderr: expect.stringContaining('a rotation is under way') });
    expect(await step('rotate', 'finish')).toMatchObject({ code: 1 });
    expect((await step('rotate', 'cancel')).code).toBe(0);
    expect((await step('rotate', 'begin')).code).toBe(0);
    await step('renew', file);
    expect(await trusts()).toEqual([2, [true, false]]);
    expect((await step('rotate', 'switch')).code).toBe(0);
    expect(await step('rotate', 'cancel')).toMatchObject({ code: 1 });
    expect(await trusts()).toEqual([2, [false, true]]);
    expect(await step('rotate', 'finish')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/certificates of the old authority alone: agent web1 \(NOT_NOW\)/),
    });
    await step('renew', file);
    expect(await trusts()).toEqual([2, [true, false]]);
    expect((await step('rotate', 'finish')).code).toBe(0);
    expect(await trusts()).toEqual([1, [true]]);
    const list = await step('list', '--ended');
    expect(list.stdout.match(/ (valid|untrusted) /g)?.sort()).toEqual([' untrusted ', ' untrusted ', ' valid ']);
    await own.close();
  });
});
