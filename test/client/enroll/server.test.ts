import { spawn } from 'node:child_process';
import { randomBytes, webcrypto, X509Certificate } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { Agent } from 'node:https';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { consumeToken, createToken, listTokens, withdrawTokens } from '../../../client/enroll/tokens.js';
import { readIssued } from '../../../client/pki/issued-list.js';
import { createCertificateRequest, signingAlgorithm } from '../../../proto/certificate-request.js';
import { loadX509 } from '../../../proto/x509.js';
import { createEnrolmentScene, type EnrolmentScene } from './enrolment-scene.js';

let scene: EnrolmentScene;
beforeAll(async () => {
  scene = await createEnrolmentScene();
});
afterAll(() => scene?.close());

const requestOf = async (name: string): Promise<string> => (await createCertificateRequest({ kind: 'agent', name })).request;

async function issuedTo(name: string, pki = scene.pki): Promise<number> {
  return (await readIssued(pki)).filter((each) => each.name === name).length;
}

/** `routefleet enroll serve` as a process of its own. */
async function startServerProcess(pki: string): Promise<{ readonly port: number; stop(): Promise<number | null> }> {
  const args = ['enroll', 'serve', '--pki-dir', pki, '--listen', '127.0.0.1:0', '--server-name', '127.0.0.1'];
  const child = spawn(process.execPath, ['--import', 'tsx', 'client/cli/main.ts', ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const port = await new Promise<number>((resolve, reject) => {
    let said = '';
    child.stdout.on('data', (data) => {
      said += data;
      const [, found] = /^enrolling at 127\.0\.0\.1:(\d+) as 127\.0\.0\.1\npin: sha256:[\da-f]{64}\n/.exec(said) ?? [];
      if (found !== undefined) resolve(Number(found));
    });
    ended.then((code) => reject(new Error(`the server ended with ${code}: ${said}`)));
  });
  return {
    port,
    stop() {
      child.kill('SIGTERM');
      return ended;
    },
  };
}

/** A request with names of one's own choice. */
async function craftedRequest(
  subject: { [type: string]: string[] }[],
  names: { type: 'dns' | 'ip' | 'url' | 'email'; value: string }[],
  curve = 'P-256',
): Promise<string> {
  const { Pkcs10CertificateRequestGenerator, SubjectAlternativeNameExtension } = await loadX509();
  const keys = await webcrypto.subtle.generateKey({ name: 'ECDSA', namedCurve: curve }, true, ['sign', 'verify']);
  const extensions = names.length === 0 ? [] : [new SubjectAlternativeNameExtension(names)];
  return (await Pkcs10CertificateRequestGenerator.create({ name: subject, keys, signingAlgorithm, extensions })).toString('pem');
}

describe('a token', () => {
  it('gives a certificate for its own host and names, with all that is trusted', async () => {
    const { secret } = await createToken(scene.pki, {
      name: 'DB1',
      dnsNames: ['db1.example.net'],
      ipAddresses: ['10.0.0.9'],
      lifetimeMs: 60_000,
      now: new Date(),
    });
    const { status, body } = await scene.post('/v1/enroll', { token: secret, request: await requestOf('db1') });
    expect([status, body.ca]).toEqual([200, scene.ca]);
    expect(body.crl).toMatch(/^-----BEGIN X509 CRL-----/);
    const { subjectAltName, keyUsage } = new X509Certificate(body.certificate ?? '');
    expect(subjectAltName).toBe('URI:urn:routefleet:agent:db1, DNS:db1.example.net, IP Address:10.0.0.9');
    expect(keyUsage).toEqual(['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2']);
  });

  it('gives one certificate to a thousand that race for it, over many connections to two server processes', {
    timeout: 120_000,
  }, async () => {
    const own = await createEnrolmentScene();
    const second = await startServerProcess(own.pki);
    const agents = [new Agent({ keepAlive: true, maxSockets: 10 }), new Agent({ keepAlive: true, maxSockets: 10 })];
    const { secret } = await own.token({ name: 'raced' });
    const requests = await Promise.all(Array.from({ length: 10 }, () => requestOf('raced')));
    const answers = await Promise.all(
      Array.from({ length: 1000 }, (_, index) => {
        const port = index % 2 === 0 ? own.server.port : second.port;
        const agent = agents[index % 2];
        return own.post('/v1/enroll', { token: secret, request: requests[index % 10] ?? '' }, { port, ...(agent && { agent }) });
      }),
    );
    for (const agent of agents) agent.destroy();
    const kinds = answers.map(({ status, body }) => `${status} ${body.code ?? ''}`);
    expect(kinds.filter((kind) => kind === '200 ')).toHaveLength(1);
    expect(kinds.filter((kind) => kind === '403 TOKEN_USED')).toHaveLength(999);
    expect(await issuedTo('raced', own.pki)).toBe(1);
    expect(await second.stop()).toBe(0);
    await own.close();
  });

  it('is used up by the first of those that have read it already', async () => {
    const token = await scene.token({ name: 'raced' });
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => consumeToken(scene.pki, token)));
    expect(outcomes.filter((won) => won)).toHaveLength(1);
  });

  it('is refused when it is used again', async () => {
    const { secret } = await scene.token({ name: 'again' });
    const request = await requestOf('again');
    expect((await scene.post('/v1/enroll', { token: secret, request })).status).toBe(200);
    expect(await scene.post('/v1/enroll', { token: secret, request })).toEqual({
      status: 403,
      body: { code: 'TOKEN_USED', message: 'the token was used', remedy: expect.stringContaining('have its certificate revoked') },
    });
    expect(await issuedTo('again')).toBe(1);
  });

  it('is refused after its time', async () => {
    const { secret } = await scene.token({ name: 'late', lifetimeMs: 1, now: new Date(Date.now() - 60_000) });
    const answer = await scene.post('/v1/enroll', { token: secret, request: await requestOf('late') });
    expect(answer).toMatchObject({
      status: 403,
      body: { code: 'TOKEN_EXPIRED', message: expect.stringMatching(/^the token for late ended on 20/) },
    });
    expect(await issuedTo('late')).toBe(0);
  });

  it('is refused when nobody made it, or it was withdrawn', async () => {
    const { secret } = await scene.token({ name: 'gone' });
    await withdrawTokens(scene.pki, 'gone');
    const request = await requestOf('gone');
    for (const token of [secret, randomBytes(32).toString('base64url'), '../../bundle', 'x']) {
      expect(await scene.post('/v1/enroll', { token, request })).toMatchObject({ status: 403, body: { code: 'TOKEN_UNKNOWN' } });
    }
    expect(await issuedTo('gone')).toBe(0);
  });

  it.each([
    ['another host', () => requestOf('web2'), 'web2'],
    [
      'a controller of its name',
      async () => (await createCertificateRequest({ kind: 'controller', name: 'web1' })).request,
      'controller:web1',
    ],
    ['a DNS name', () => craftedRequest([{ CN: ['web1'] }], [{ type: 'dns', value: 'web2.example.net' }]), 'web2.example.net'],
    ['an address', () => craftedRequest([{ CN: ['web1'] }], [{ type: 'ip', value: '10.0.0.1' }]), '10.0.0.1'],
    ['a mail address', () => craftedRequest([{ CN: ['web1'] }], [{ type: 'email', value: 'root@example.net' }]), 'root@example.net'],
    ['a second common name', () => craftedRequest([{ CN: ['web1'] }, { CN: ['web2'] }], []), 'CN=web2'],
    ['an organization', () => craftedRequest([{ O: ['Example'] }, { CN: ['web1'] }], []), 'O=Example'],
  ])('gives no certificate to a request that names %s, and is not used up by it', async (_what, craft, named) => {
    const token = await scene.token();
    const before = await issuedTo('web1');
    const { status, body } = await scene.post('/v1/enroll', { token: token.secret, request: await craft() });
    expect([status, body.code]).toEqual([403, 'NAME_MISMATCH']);
    expect(body.message).toContain(named);
    expect(await issuedTo('web1')).toBe(before);
    expect((await listTokens(scene.pki)).map(({ id }) => id)).toContain(token.id);
  });

  it('takes a request that names less, and decides the names itself', async () => {
    const { secret } = await scene.token({ name: 'terse' });
    const { body } = await scene.post('/v1/enroll', { token: secret, request: await craftedRequest([], []) });
    expect(new X509Certificate(body.certificate ?? '')).toMatchObject({
      subject: 'CN=terse',
      subjectAltName: 'URI:urn:routefleet:agent:terse, DNS:terse',
    });
  });

  it.each([
    ['a request that is none', async () => 'no request', /cannot be read/],
    ['a request of another kind of key', () => craftedRequest([{ CN: ['web1'] }], [], 'P-521'), /neither ECDSA/],
    [
      'a request that was changed after it was signed',
      async () => {
        const der = Buffer.from((await requestOf('web1')).replace(/-----.*-----/g, ''), 'base64');
        der.writeUInt8(der.readUInt8(der.length - 1) ^ 1, der.length - 1);
        return `-----BEGIN CERTIFICATE REQUEST-----\n${der.toString('base64')}\n-----END CERTIFICATE REQUEST-----`;
      },
      /not signed with its own key/,
    ],
  ])('gives no certificate to %s', async (_what, craft, message) => {
    const { secret } = await scene.token();
    const { status, body } = await scene.post('/v1/enroll', { token: secret, request: await craft() });
    expect([status, body.code]).toEqual([400, 'BAD_CERTIFICATE_REQUEST']);
    expect(body.message).toMatch(message);
  });

  it('is stored as its hash alone, and told to nobody', async () => {
    const { secret } = await scene.token();
    const wrong = await scene.token();
    await scene.post('/v1/enroll', { token: wrong.secret, request: await requestOf('other') });
    await scene.post('/v1/enroll', `{"token":"${wrong.secret}","request":`);
    await scene.post('/v1/enroll', { token: secret, request: await requestOf('web1') });
    await scene.post('/v1/enroll', { token: secret, request: await requestOf('web1') });
    const names = await readdir(scene.directory, { recursive: true, withFileTypes: true });
    const files = names.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
    const told = JSON.stringify(scene.events, (_key, value) => (value instanceof Error ? { ...value, text: String(value.stack) } : value));
    const everything = [...files, told, ...(await Promise.all(files.map((file) => readFile(file, 'utf8'))))].join('\n');
    expect(files.length).toBeGreaterThan(5);
    expect(scene.events.length).toBeGreaterThan(4);
    for (const each of [secret, wrong.secret]) expect(everything).not.toContain(each);
  });
});
