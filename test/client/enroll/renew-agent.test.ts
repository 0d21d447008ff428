import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readIssued } from '../../../client/pki/issued-list.js';
import { revoke } from '../../../client/pki/revoke.js';
import { beginRotation, finishRotation, switchRotation } from '../../../client/pki/rotation.js';
import { createCertificateRequest } from '../../../proto/certificate-request.js';
import { authorityOptions, dayMs, makeIdentity } from '../pki/authority-scene.js';
import { type Answer, createEnrolmentScene, type EnrolmentScene } from './enrolment-scene.js';

let scene: EnrolmentScene;
beforeAll(async () => {
  scene = await createEnrolmentScene();
});
afterAll(() => scene?.close());

const requestOf = async (name: string): Promise<string> => (await createCertificateRequest({ kind: 'agent', name })).request;
const issuedTo = async (name: string): Promise<number> => (await readIssued(scene.pki)).filter((each) => each.name === name).length;

describe('a renewal', () => {
  async function renewAs(identity: { certificate: string; key: string } | undefined, name: string): Promise<Answer> {
    const body = { request: await requestOf(name) };
    return scene.post('/v1/renew', body, identity === undefined ? {} : { cert: identity.certificate, key: identity.key });
  }

  it('gives an agent a certificate with the names of its old one, for a new key', async () => {
    const old = await makeIdentity(scene.pki, { kind: 'agent', name: 'web7', dnsNames: ['web7.example.net'], ipAddresses: ['10.0.0.7'] });
    const { status, body } = await renewAs(old, 'web7');
    expect(status).toBe(200);
    const [before, after] = [new X509Certificate(old.certificate), new X509Certificate(body.certificate ?? '')];
    expect(after.subjectAltName).toBe(before.subjectAltName);
    expect(after.publicKey.equals(before.publicKey)).toBe(false);
    expect(scene.events.at(-1)).toMatchObject({ what: 'renewed', name: 'web7', serial: after.serialNumber.toLowerCase() });
  });

  it('is refused without a certificate', async () => {
    expect(await renewAs(undefined, 'web7')).toMatchObject({
      status: 401,
      body: { code: 'CERTIFICATE_REQUIRED', message: expect.stringContaining('there is none') },
    });
  });

  it('is refused with one of another authority', async () => {
    const other = await createEnrolmentScene();
    const foreign = await makeIdentity(other.pki, { kind: 'agent', name: 'web7' });
    await other.close();
    expect(await renewAs(foreign, 'web7')).toMatchObject({
      status: 401,
      body: { code: 'CERTIFICATE_REQUIRED', message: expect.stringMatching(/does not hold \(.*VERIFY.*\)/) },
    });
  });

  it('is refused with one that ended', async () => {
    const ended = await makeIdentity(
      scene.pki,
      { kind: 'agent', name: 'web7' },
      { now: new Date(Date.now() - 9 * dayMs), lifetimeMs: dayMs },
    );
    expect(await renewAs(ended, 'web7')).toMatchObject({ status: 401, body: { message: expect.stringContaining('CERT_HAS_EXPIRED') } });
  });

  it('is refused with one that was revoked', async () => {
    const lost = await makeIdentity(scene.pki, { kind: 'agent', name: 'web8' });
    await revoke(scene.pki, { nameOrSerial: 'web8' }, { reason: 'keyCompromise', now: new Date() });
    expect(await renewAs(lost, 'web8')).toMatchObject({ status: 403, body: { code: 'CERTIFICATE_REVOKED' } });
    expect(await issuedTo('web8')).toBe(1);
  });

  it('is refused to controllers', async () => {
    const alice = await makeIdentity(scene.pki, { kind: 'controller', name: 'alice' });
    expect(await renewAs(alice, 'alice')).toMatchObject({
      status: 403,
      body: { code: 'NOT_AN_AGENT', message: expect.stringContaining('controller "alice"') },
    });
    expect(await issuedTo('alice')).toBe(1);
  });

  it('is refused for another name', async () => {
    const web7 = await makeIdentity(scene.pki, { kind: 'agent', name: 'web7' });
    expect(await renewAs(web7, 'web9')).toMatchObject({ status: 403, body: { code: 'NAME_MISMATCH' } });
    expect(await issuedTo('web9')).toBe(0);
  });
});

it('takes up a rotation while it runs: the chain, the trusted certificates, and no more those of the old authority', async () => {
  const own = await createEnrolmentScene();
  const web1 = await makeIdentity(own.pki, { kind: 'agent', name: 'web1' });
  const renewal = async (identity: { certificate: string; key: string }, ca: string) =>
    own.post('/v1/renew', { request: await requestOf('web1') }, { cert: identity.certificate, key: identity.key, ca });
  await beginRotation(own.pki, authorityOptions);
  const both = await readFile(join(own.pki, 'bundle.pem'), 'utf8');
  await switchRotation(own.pki, new Date());
  await own.server.refresh();
  const { status, body } = await renewal(web1, both);
  expect([status, body.ca?.match(/BEGIN/g)?.length, body.crl?.match(/BEGIN/g)?.length]).toEqual([200, 2, 2]);
  await finishRotation(own.pki, { force: false, now: new Date() });
  await own.server.refresh();
  const after = await renewal(web1, both);
  expect(
    new X509Certificate(body.certificate ?? '').verify(new X509Certificate(await readFile(join(own.pki, 'bundle.pem'))).publicKey),
  ).toBe(true);
  expect(after).toMatchObject({ status: 401, body: { code: 'CERTIFICATE_REQUIRED' } });
  await own.close();
});
