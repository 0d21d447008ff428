import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkHosts, findSameAgents } from '../../../client/fleet/inventory-check.js';
import { checkTlsFiles } from '../../../client/fleet/inventory-tls.js';
import type { TlsFiles } from '../../../client/transport/tls-files.js';
import { createTestPki, type IdentityFiles, type TestPki } from '../../support/pki.js';

const day = 86_400_000;
const directory = mkdtempSync(join(tmpdir(), 'routefleet-tls-'));
afterAll(() => rmSync(directory, { recursive: true }));

let pki: TestPki;
let files: IdentityFiles;
beforeAll(async () => {
  pki = await createTestPki();
  files = await pki.writeTo(directory, 'controller', await pki.issueClient({ name: 'controller' }));
});

async function check(changed: Partial<TlsFiles> = {}, inDays = 0, expiresWithinDays = 30) {
  const report = await checkTlsFiles({ ...files, ...changed }, { now: new Date(Date.now() + inDays * day), expiresWithinDays });
  return {
    ...report,
    texts: report.findings.map(({ message, remedy }) => `${message}. Remedy: ${remedy}`.replaceAll(`${directory}/`, '')),
  };
}

describe('checkTlsFiles', () => {
  it('finds nothing in what is in order, and says when the first certificate ends', async () => {
    const { texts, usable, validUntil } = await check();
    expect([texts, usable]).toEqual([[], true]);
    expect(Math.round(((validUntil?.getTime() ?? 0) - Date.now()) / day)).toBe(365);
  });

  it('finds every file that cannot be read', async () => {
    const { texts, usable, validUntil } = await check({ ca: '/no/ca.pem', key: directory });
    expect(texts).toEqual([
      'the CA certificate "/no/ca.pem" cannot be read (ENOENT). Remedy: check the path and that this user may read the file',
      expect.stringMatching(/^the client key ".*" cannot be read \(EISDIR\)\. Remedy: /),
    ]);
    expect(usable).toBe(false);
    expect(validUntil).toBeInstanceOf(Date);
  });

  it('finds files that hold something else', async () => {
    const { texts, usable, validUntil } = await check({ ca: files.key, certificate: files.key, key: files.ca });
    expect(texts).toEqual([
      expect.stringMatching(/^the CA certificate "controller-key\.pem" is none\. Remedy: give a PEM file that begins/),
      expect.stringMatching(/^the client certificate "controller-key\.pem" is none\. Remedy: give a PEM file that begins/),
      expect.stringMatching(/^the client key "ca\.pem" is none\. Remedy: give a PEM file that begins/),
    ]);
    expect([usable, validUntil]).toEqual([false, undefined]);
  });

  it('finds a key of another certificate', async () => {
    const other = await pki.writeTo(directory, 'other', await pki.issueClient({ name: 'other' }));
    const { texts, usable } = await check({ key: other.key });
    expect(texts).toEqual([
      'the client key "other-key.pem" does not belong to the client certificate "controller.pem". Remedy: give the key with which the certificate was made',
    ]);
    expect(usable).toBe(false);
  });

  it.skipIf(process.platform === 'win32')('finds a key that everybody can use (skipped without modes)', async () => {
    const open = await pki.writeTo(directory, 'open', await pki.issueClient({ name: 'open' }));
    chmodSync(open.key, 0o604);
    const { texts, usable } = await check(open);
    expect(texts).toEqual([
      expect.stringMatching(/^the client key "open-key\.pem" can be read or changed by everybody on this machine \(mode 0604\)\. Remedy: /),
    ]);
    expect(usable).toBe(false);
  });

  it('finds a certificate of a server', async () => {
    const server = await pki.writeTo(directory, 'server', await pki.issueServer({ name: 'server' }));
    expect((await check(server)).texts).toEqual([
      expect.stringMatching(
        /^the client certificate "server\.pem" is not made for clients \(extended key usage 1\.3\.6\.1\.5\.5\.7\.3\.1\)/,
      ),
    ]);
  });

  it.each(['expired', 'notYetValid'] as const)('finds a certificate that is %s', async (validity) => {
    const own = await pki.writeTo(directory, validity, await pki.issueClient({ name: 'me', validity }));
    const { texts, usable } = await check(own);
    expect(texts).toEqual([
      expect.stringMatching(
        validity === 'expired'
          ? /^the client certificate "expired\.pem" \(CN=me\) expired on \d{4}-\d\d-\d\d\. Remedy: replace it/
          : /^the client certificate "notYetValid\.pem" \(CN=me\) is not valid before \S+Z\. Remedy: wait/,
      ),
    ]);
    expect(usable).toBe(true);
  });

  it.each([
    [334, 30, []],
    [336, 30, [/^the CA certificate .* expires in 28 days, on /, /^the client certificate .* expires in 28 days, on /]],
    [336, 10, []],
    [364.5, 0, []],
    [364.5, 1, [/expires in less than a day/, /expires in less than a day/]],
    [366, 0, [/^the CA certificate .* expired on/, /^the client certificate .* expired on/]],
  ])('after %s days and with %s of notice finds %j', async (inDays, notice, expected) => {
    expect((await check({}, inDays, notice)).texts).toEqual(expected.map((text) => expect.stringMatching(text)));
  });

  it('looks at every certificate of a chain', async () => {
    const old = await pki.issueClient({ name: 'old intermediate', validity: 'expired' });
    const own = await pki.issueClient({ name: 'controller' });
    const chained = await pki.writeTo(directory, 'chained', { ...own, certificate: `${own.certificate}\n${old.certificate}` });
    expect((await check(chained)).texts).toEqual([
      expect.stringMatching(/^the intermediate certificate .*\(CN=old intermediate\) expired/),
    ]);
  });
});

describe('checkHosts', () => {
  it('takes a host without TLS for a finding, unless TLS is not used', async () => {
    const hosts = [{ name: 'a', address: 'a:1', groups: [], labels: {} }];
    const options = { now: new Date(), expiresWithinDays: 30 };
    expect(await checkHosts(hosts, { ...options, insecure: false })).toMatchObject([
      { host: { name: 'a' }, usable: false, findings: [{ message: 'there are no CA, certificate and key' }] },
    ]);
    expect(await checkHosts(hosts, { ...options, insecure: true })).toMatchObject([{ usable: true, findings: [] }]);
  });

  it('reads the files of many hosts once', async () => {
    const certificate = join(directory, 'once.pem');
    writeFileSync(certificate, 'none');
    const hosts = ['a', 'b'].map((name) => ({ name, address: name, groups: [], labels: {}, tls: { ...files, certificate } }));
    const [a, b] = await checkHosts(hosts, { now: new Date(), expiresWithinDays: 30, insecure: false });
    expect(a?.findings).toHaveLength(1);
    expect(b?.findings).toBe(a?.findings);
  });
});

describe('findSameAgents', () => {
  it('finds all but the first name of an agent', () => {
    const [a, b, c] = ['a', 'b', 'c'].map((name) => ({ name, address: `${name}:1`, groups: [], labels: {} }));
    if (!a || !b || !c) throw new Error('no hosts');
    const agent = (bootId: string) => ({ bootId, hostName: `HOST-${bootId}` });
    const found = findSameAgents(
      new Map([
        [a, agent('1')],
        [b, agent('2')],
        [c, agent('1')],
      ]),
    ); // prettier-ignore
    expect([...found.keys()]).toEqual([c]);
    expect(found.get(c)?.message).toBe('c:1 and a:1 (a) are the same agent, of HOST-1');
  });
});
