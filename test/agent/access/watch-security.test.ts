import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type LoadedSecurity, loadSecurity, type Security, type SecurityFiles } from '../../../agent/access/security-files.js';
import { watchSecurity } from '../../../agent/access/watch-security.js';
import { createTestPki } from '../../support/pki.js';

let directory: string;
let files: SecurityFiles;
let log: { readonly level: number; readonly err?: { readonly message: string } }[];
let taken: Security[];
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'routefleet-watch-security-'));
  const pki = await createTestPki();
  const { ca, certificate, key } = await pki.writeTo(directory, 'agent', await pki.issueServer({ name: 'a', dnsNames: ['a'] }));
  files = { tlsCa: ca, tlsCertificate: certificate, tlsKey: key, authorization: join(directory, 'authorization.yaml') };
  await writeFile(files.authorization, 'rules: []');
  log = [];
  taken = [];
});
afterEach(() => rm(directory, { recursive: true }));

/** Follows the files since they were read. */
function watch(current: LoadedSecurity): ReturnType<typeof watchSecurity> {
  const logger = pino({}, { write: (line: string) => log.push(JSON.parse(line)) });
  return watchSecurity(files, current, (security) => taken.push(security), logger);
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
