import { createPrivateKey, webcrypto, X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { createServer, type TlsOptions } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { enroll } from '../../../agent/enroll/enroll.js';
import type { EnrollError } from '../../../agent/enroll/enroll-error.js';
import { readAuthorities } from '../../../client/pki/authority.js';
import { signingAlgorithm } from '../../../proto/certificate-request.js';
import { pinOf } from '../../../proto/pem.js';
import { loadX509 } from '../../../proto/x509.js';
import { createEnrolmentScene, type EnrolmentScene } from '../../client/enroll/enrolment-scene.js';
import { createAuthorityScene, dayMs, makeIdentity } from '../../client/pki/authority-scene.js';
import { failure } from './enroll-failure.js';

let scene: EnrolmentScene;
beforeAll(async () => {
  scene = await createEnrolmentScene();
});
afterAll(() => scene?.close());

/** A server that notes every byte of application data, as the other side sees it once the connections are gone. */
interface Listener {
  readonly server: { readonly host: string; readonly port: number };
  /** How many connections there were, and what they sent. */
  end(): Promise<{ readonly connections: number; readonly received: string }>;
}

async function listen(tls: TlsOptions): Promise<Listener> {
  let received = '';
  const closed: Promise<unknown>[] = [];
  const server = createServer({ minVersion: 'TLSv1.3', ...tls }, (socket) => {
    socket.on('error', () => {});
    socket.on('data', (data) => {
      received += data;
      socket.destroy();
    });
  });
  server.on('connection', (socket) => closed.push(new Promise((resolve) => socket.once('close', resolve))));
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  return {
    server: { host: '127.0.0.1', port },
    async end() {
      await Promise.all(closed);
      server.close();
      return { connections: closed.length, received };
    },
  };
}

/** What became of an enrolment, and what the server saw of it. */
interface Seen {
  readonly error: EnrollError;
  readonly connections: number;
  readonly received: string;
}

describe('before the pin matched', () => {
  const token = 'the-secret-token';
  /** What a server sees of an agent that has the right pin of the scene. */
  async function seenBy(tls: TlsOptions, { pin = scene.pin }: { readonly pin?: string } = {}): Promise<Seen> {
    const listener = await listen(tls);
    const error = await failure(
      enroll({ server: listener.server, pin, token, name: 'web1', stateDirectory: join(scene.directory, 'state') }),
    );
    return { error, ...(await listener.end()) };
  }

  const rightServer = async (names: { ipAddresses: string[] }): Promise<TlsOptions> => {
    const { certificate, key } = await makeIdentity(scene.pki, { kind: 'agent', name: 'ctl', ...names });
    return { cert: certificate + scene.ca, key };
  };

  it('a request is sent when it does: what is counted below can be there', async () => {
    const { connections, received } = await seenBy(await rightServer({ ipAddresses: ['127.0.0.1'] }));
    expect(connections).toBe(2);
    expect(received).toMatch(new RegExp(`^POST /v1/enroll HTTP/1\\.1[\\s\\S]*${token}`));
  });

  it('not one byte goes to a server of another authority', async () => {
    const other = await createAuthorityScene();
    const { certificate, key } = await makeIdentity(other.pki, { kind: 'agent', name: 'ctl', ipAddresses: ['127.0.0.1'] });
    const [{ pem, pin }] = await readAuthorities(other.pki);
    await other.close();
    const { error, connections, received } = await seenBy({ cert: certificate + pem, key });
    expect([connections, received]).toEqual([1, '']);
    expect(error.code).toBe('PIN_MISMATCH');
    expect(error.message).toContain(`shows no CA with the pin ${scene.pin}, but ${pin}; nothing was sent to it`);
  });

  it('not one byte goes to the right server when the pin is wrong', async () => {
    const pin = `sha256:${'0'.repeat(64)}`;
    const { error, connections, received } = await seenBy(await rightServer({ ipAddresses: ['127.0.0.1'] }), { pin });
    expect([error.code, connections, received]).toEqual(['PIN_MISMATCH', 1, '']);
  });

  it('not one byte goes to a server that shows the right CA behind a certificate that it did not sign', async () => {
    const x509 = await loadX509();
    const [authority] = await readAuthorities(scene.pki);
    const ca = new x509.X509Certificate(authority.pem);
    const keys = await webcrypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']);
    const forged = await x509.X509CertificateGenerator.create({
      subject: 'CN=ctl',
      issuer: ca.subjectName,
      publicKey: keys.publicKey,
      signingKey: keys.privateKey,
      signingAlgorithm,
      extensions: [
        new x509.SubjectAlternativeNameExtension([{ type: 'ip', value: '127.0.0.1' }]),
        await x509.AuthorityKeyIdentifierExtension.create(ca.publicKey),
      ],
    });
    const key = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey));
    const pem = createPrivateKey({ key, format: 'der', type: 'pkcs8' }).export({ type: 'pkcs8', format: 'pem' });
    const { error, received, connections } = await seenBy({ cert: `${forged.toString('pem')}\n${authority.pem}`, key: pem });
    expect([connections, received]).toEqual([1, '']);
    expect(error).toMatchObject({ code: 'PIN_MISMATCH', message: expect.stringContaining('it did not sign the certificate') });
  });

  it('not one byte goes to a server of the right authority by another name', async () => {
    const { error, received } = await seenBy(await rightServer({ ipAddresses: ['10.0.0.1'] }));
    expect(received).toBe('');
    expect(error).toMatchObject({ code: 'PIN_MISMATCH', message: expect.stringContaining("127.0.0.1 is not in the cert's list") });
  });

  it('not one byte goes to a server whose certificate ended', async () => {
    const past = { now: new Date(Date.now() - 9 * dayMs), lifetimeMs: dayMs };
    const { certificate, key } = await makeIdentity(scene.pki, { kind: 'agent', name: 'ctl', ipAddresses: ['127.0.0.1'] }, past);
    const { error, received } = await seenBy({ cert: certificate + scene.ca, key });
    expect(received).toBe('');
    expect(error).toMatchObject({ code: 'PIN_MISMATCH', message: expect.stringContaining('a certificate holds from') });
  });

  it('the pin of a certificate that is no CA is none', async () => {
    const { certificate, key } = await makeIdentity(scene.pki, { kind: 'agent', name: 'ctl', ipAddresses: ['127.0.0.1'] });
    const { error, received } = await seenBy({ cert: certificate, key }, { pin: pinOf(new X509Certificate(certificate)) });
    expect([error.code, received]).toEqual(['PIN_MISMATCH', '']);
  });
});
