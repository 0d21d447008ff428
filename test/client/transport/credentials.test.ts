import { chmod, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCredentials, readTlsFiles } from '../../../client/index.js';
import { createTestPki, type Identity, type TestPki } from '../../support/pki.js';
import { caught } from '../support/caught.js';

let pki: TestPki;
let client: Identity;
let directory: string;

beforeAll(async () => {
  pki = await createTestPki();
  client = await pki.issueClient({ name: 'controller' });
  directory = await mkdtemp(join(tmpdir(), 'routefleet-'));
});

afterAll(() => rm(directory, { recursive: true, force: true }));

describe('createCredentials', () => {
  it.each([
    ['the client certificate cannot be read', { certificate: 'nonsense' }],
    ['the client key cannot be read', { key: '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----' }],
    ['the CA certificate cannot be read', { ca: '' }],
  ])('%s', async (message, part) => {
    const error = await caught(() => createCredentials({ ca: pki.ca, ...client, ...part }));
    expect(error).toMatchObject({ code: 'INVALID_ARGUMENT', reason: 'INVALID_CREDENTIALS', message });
    expect(error.remedy).toContain('-----BEGIN');
  });

  it('refuses a key of another certificate', async () => {
    const { key } = await pki.issueClient({ name: 'other' });
    const error = await caught(() => createCredentials({ ca: pki.ca, certificate: client.certificate, key }));
    expect(error.message).toBe('the client key does not belong to the client certificate');
  });
});

describe('readTlsFiles', () => {
  it('reads what the test PKI wrote, whose key only its owner can read', async () => {
    const files = await pki.writeTo(directory, 'controller', client);
    expect((await stat(files.key)).mode & 0o777).toBe(0o600);
    const tls = await readTlsFiles(files);
    expect(String(tls.key)).toBe(client.key);
    expect(() => createCredentials(tls)).not.toThrow();
  });

  it.skipIf(process.platform === 'win32')(
    'refuses a key that everybody can use, and leaves one to a group (skipped without modes)',
    async () => {
      const files = await pki.writeTo(directory, 'open', client);
      await chmod(files.key, 0o644);
      expect(await caught(readTlsFiles(files))).toMatchObject({
        reason: 'INVALID_CREDENTIALS',
        message: `the client key "${files.key}" can be read or changed by everybody on this machine (mode 0644)`,
        remedy: expect.stringContaining(`chmod 600 "${files.key}"`),
      });
      await chmod(files.key, 0o640);
      await readTlsFiles(files);
    },
  );

  it('names the file that is not there', async () => {
    const files = await pki.writeTo(directory, 'controller', client);
    const error = await caught(readTlsFiles({ ...files, key: join(directory, 'nope.pem') }));
    expect(error).toMatchObject({ reason: 'INVALID_CREDENTIALS', message: expect.stringMatching(/client key ".*nope\.pem" .*ENOENT/) });
  });
});
