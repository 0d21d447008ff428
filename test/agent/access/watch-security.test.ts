import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type LoadedSecurity, loadSecurity, type Security, type SecurityFiles } from '../../../agent/access/security-files.js';
import { watchSecurity } from '../../../agent/access/watch-security.js';
import { createTestPki, type TestPki } from '../../support/pki.js';

let directory: string;
let files: SecurityFiles;
let pki: TestPki;
let log: { readonly level: number; readonly msg: string; readonly err?: { readonly message: string } }[];
let taken: Security[];
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'routefleet-watch-security-'));
  pki = await createTestPki();
  const { ca, certificate, key } = await pki.writeTo(directory, 'agent', await pki.issueServer({ name: 'a', dnsNames: ['a'] }));
  files = { tlsCa: ca, tlsCertificate: certificate, tlsKey: key, authorization: join(directory, 'authorization.yaml') };
  await writeFile(files.authorization, 'rules: []');
  log = [];
  taken = [];
});
afterEach(() => rm(directory, { recursive: true }));

/** Follows the files since they were read. */
function watch(current: LoadedSecurity, now?: () => number): ReturnType<typeof watchSecurity> {
  const logger = pino({}, { write: (line: string) => log.push(JSON.parse(line)) });
  return watchSecurity(files, current, (security) => taken.push(security), logger, now);
}

it('takes what changed between reading the files and following them, as while an agent starts', async () => {
  const current = await loadSecurity(files);
  await writeFile(files.authorization, 'rules: [{ identities: ["*"], role: viewer }]');
  const watching = watch(current);
  await expect.poll(() => taken).toMatchObject([{ rules: { policy: { rules: [{ role: 'viewer' }] } } }]);
  await watching.close();
});

it('tells of every bad file, not of the first one alone', async () => {
  const watching = watch(await loadSecurity(files));
  const told = () => log.map(({ err }) => err?.message);
  await writeFile(files.authorization, 'rules: [{ identities: ["*"], role: root }]');
  await expect.poll(told).toEqual([expect.stringContaining('"root" is none of')]);
  await writeFile(files.authorization, 'rules: [{ identities: ["*"], role: superuser }]');
  await expect.poll(told).toEqual([expect.anything(), expect.stringContaining('"superuser" is none of')]);
  expect(taken).toEqual([]);
  await watching.close();
});

it('tells every hour of a list that ended while it was in use', async () => {
  const tlsCrl = join(directory, 'crl.pem');
  await writeFile(tlsCrl, await pki.revoke());
  files = { ...files, tlsCrl };
  let now = Date.now();
  const watching = watch(await loadSecurity(files), () => now);
  now += 3_599_000;
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(log).toEqual([]);
  now += 300 * 86_400_000;
  const told = expect.stringMatching(/^the revocation list should have been replaced by \S+; it still holds$/);
  await expect.poll(() => log.map(({ msg }) => msg)).toEqual([told]);
  now += 3_600_000;
  await expect.poll(() => log.map(({ msg }) => msg)).toEqual([told, told]);
  await watching.close();
});
