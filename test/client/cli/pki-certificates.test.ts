import { execFileSync, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect, createServer, type TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestAgent, type TestAgent } from '../../../agent/testing.js';
import { type AuthorityScene, createAuthorityScene, dayMs, makeIdentity } from '../pki/authority-scene.js';
import { type CliRun, run } from './run.js';

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

let scene: AuthorityScene;
/** Where files go. */
let out: string;
beforeAll(async () => {
  scene = await createAuthorityScene();
  out = join(scene.directory, 'out');
});
afterAll(() => scene?.close());

/** What a command that must succeed says, as JSON. */
async function answer<T>(...args: readonly string[]): Promise<T> {
  const { code, stdout, stderr } = await run(['pki', ...args, '--pki-dir', scene.pki, '-o', 'json']);
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(stdout);
}

interface Made {
  readonly serial: string;
  readonly certificate: string;
}

describe('the certificates', () => {
  let agent: TestAgent;
  let bundle: string;
  beforeAll(async () => {
    bundle = join(scene.pki, 'bundle.pem');
    const { certificate, key } = await makeIdentity(scene.pki, { kind: 'agent', name: 'office', ipAddresses: ['127.0.0.1'] });
    agent = await startTestAgent({ tls: { certificate, key, ca: await readFile(bundle, 'utf8') } });
  });
  afterAll(() => agent?.close());

  async function callAs({ certificate, key }: { readonly certificate: string; readonly key: string }): Promise<CliRun> {
    const files = { cert: join(scene.directory, `${randomUUID()}.pem`), key: join(scene.directory, `${randomUUID()}-key.pem`) };
    await Promise.all([writeFile(files.cert, certificate), writeFile(files.key, key, { mode: 0o600 })]);
    return run(['agent', 'info', '--address', agent.address, '--tls-ca', bundle, '--tls-cert', files.cert, '--tls-key', files.key]);
  }

  it('work in a call over mutual TLS', async () => {
    expect(await callAs(await makeIdentity(scene.pki, { kind: 'controller', name: 'carol' }))).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('office'),
    });
  });

  it('do not when they ended or are of another authority', async () => {
    const ended = { now: new Date(Date.now() - 9 * dayMs), lifetimeMs: dayMs };
    expect(await callAs(await makeIdentity(scene.pki, { kind: 'controller', name: 'carol' }, ended))).toMatchObject({
      code: 64,
      stderr: expect.stringMatching(/\(CN=carol\) expired on .*\(INVALID_CREDENTIALS\)/),
      stdout: '',
    });
    const other = await createAuthorityScene();
    expect(await callAs(await makeIdentity(other.pki, { kind: 'controller', name: 'carol' }))).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('(TLS_REFUSED)'),
      stdout: '',
    });
    await other.close();
  });

  it('do not where the revocation list names them', async () => {
    const [good, revoked] = [
      await makeIdentity(scene.pki, { kind: 'controller', name: 'dave' }),
      await makeIdentity(scene.pki, { kind: 'controller', name: 'eve' }),
    ];
    await answer('revoke', 'eve');
    const [ca, crl] = await Promise.all([readFile(bundle), readFile(join(scene.pki, 'crl.pem'))]);
    const { certificate: cert, key } = await makeIdentity(scene.pki, { kind: 'agent', name: 'web1', ipAddresses: ['127.0.0.1'] });
    const seen: (string | undefined)[] = [];
    const server = createServer({ cert, key, ca, crl, requestCert: true, rejectUnauthorized: false }, (socket: TLSSocket) => {
      seen.push(socket.authorized ? 'authorized' : String(socket.authorizationError));
      socket.end();
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as { port: number };
    for (const identity of [good, revoked]) {
      const socket = connect({ port, host: '127.0.0.1', ca, cert: identity.certificate, key: identity.key }).resume();
      await new Promise((resolve) => socket.once('close', resolve));
    }
    server.close();
    expect(seen).toEqual(['authorized', 'CERT_REVOKED']);
  });

  it.skipIf(!hasOpenssl)('are what openssl takes them for: chain, usages and revocation list', async () => {
    const { certificate: web } = await answer<Made>('issue', 'agent', 'ssl1', '--out-dir', out);
    const { certificate: carol } = await answer<Made>('issue', 'controller', 'ssl2', '--out-dir', out);
    const { serial, certificate: lost } = await answer<Made>('issue', 'agent', 'ssl3', '--out-dir', out);
    await answer('revoke', 'ssl3', '--reason', 'keyCompromise');
    const crl = join(scene.pki, 'crl.pem');
    const verify = (purpose: string, file: string): string => {
      const args = ['verify', '-x509_strict', '-purpose', purpose, '-CAfile', bundle, '-crl_check', '-CRLfile', crl, file];
      const { stdout, stderr } = spawnSync('openssl', args, { encoding: 'utf8' });
      return stdout + stderr;
    };
    expect(verify('sslserver', web)).toBe(`${web}: OK\n`);
    expect(verify('sslclient', web)).toBe(`${web}: OK\n`);
    expect(verify('sslclient', carol)).toBe(`${carol}: OK\n`);
    expect(verify('sslserver', carol)).toMatch(/unsuitable certificate purpose/);
    expect(verify('sslserver', lost)).toMatch(/certificate revoked/);
    const text = execFileSync('openssl', ['crl', '-in', crl, '-noout', '-text', '-CAfile', bundle], { encoding: 'utf8', stdio: 'pipe' });
    expect(text).toMatch(new RegExp(`Serial Number: ${serial.toUpperCase()}\\n.*\\n.*\\n.*CRL Reason Code: *\\n *Key Compromise`));
    expect(spawnSync('openssl', ['crl', '-in', crl, '-noout', '-CAfile', bundle], { encoding: 'utf8' }).stderr).toContain('verify OK');
    const pin = execFileSync(
      'sh',
      ['-c', `openssl x509 -in "${bundle}" -pubkey -noout | openssl pkey -pubin -outform der | openssl sha256`],
      { encoding: 'utf8' },
    );
    const { authorities } = await answer<{ authorities: { pin: string }[] }>('show');
    expect(`sha256:${pin.trim().split('= ')[1]}`).toBe(authorities[0]?.pin);
  });
});
