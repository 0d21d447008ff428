import { X509Certificate } from 'node:crypto';
import { chmod, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { authorityKeyPath, bundlePath, initAuthority, readAuthorities } from '../../../client/pki/authority.js';
import { crlLifetimeMs, currentCrls, writeCrls } from '../../../client/pki/crl.js';
import { findIssued, readIssued, readRevocations, recordIssued } from '../../../client/pki/issued-list.js';
import { renew } from '../../../client/pki/renew.js';
import { revoke } from '../../../client/pki/revoke.js';
import { loadX509 } from '../../../proto/x509.js';
import { beforeRenameTo } from '../../support/crash-at.js';
import { type AuthorityScene, authorityOptions, createAuthorityScene, dayMs, makeIdentity, refusal } from './authority-scene.js';

const { now } = authorityOptions;

let scene: AuthorityScene;
beforeAll(async () => {
  scene = await createAuthorityScene();
});
afterAll(() => scene?.close());

/** Serial numbers in the revocation lists. */
async function revokedIn(pki: string): Promise<string[]> {
  const { X509Crl } = await loadX509();
  const lists = (await readFile(join(pki, 'crl.pem'), 'utf8')).match(/-----BEGIN[\s\S]*?-----END X509 CRL-----/g) ?? [];
  return lists.flatMap((pem) => new X509Crl(pem).entries.map(({ serialNumber }) => serialNumber)).sort();
}

describe('an authority', () => {
  it('is not replaced by another one', async () => {
    const before = await readFile(bundlePath(scene.pki), 'utf8');
    expect(await refusal(initAuthority(scene.pki, authorityOptions))).toMatchObject({
      code: 'EXISTS',
      remedy: expect.stringContaining('rotate begin'),
    });
    expect(await readFile(bundlePath(scene.pki), 'utf8')).toBe(before);
    expect((await readdir(scene.pki)).filter((name) => name.startsWith('ca-key-'))).toHaveLength(1);
  });

  it('keeps its key, and the directory, for its owner alone', async () => {
    const [signer] = await readAuthorities(scene.pki);
    expect((await stat(authorityKeyPath(scene.pki, signer))).mode & 0o777).toBe(0o600);
    expect((await stat(scene.pki)).mode & 0o777).toBe(0o700);
  });

  it.each([0o640, 0o604, 0o620, 0o644])('refuses to sign while the mode of its key is 0%o', async (mode) => {
    const [signer] = await readAuthorities(scene.pki);
    const path = authorityKeyPath(scene.pki, signer);
    await chmod(path, mode);
    const error = await refusal(makeIdentity(scene.pki, { kind: 'agent', name: 'web1' }));
    await chmod(path, 0o600);
    expect(error).toMatchObject({ code: 'KEY_TOO_OPEN', remedy: expect.stringContaining(`chmod 600 "${path}"`) });
    expect(error.message).toContain(`mode 0${mode.toString(8)}`);
    expect(await readIssued(scene.pki)).toEqual([]);
  });

  it.each([
    ['of another authority', (other: string) => other],
    ['that is none', () => 'no key'],
  ])('refuses a key %s', async (_what, spoil) => {
    const [other, own] = await Promise.all([createAuthorityScene(), createAuthorityScene()]);
    const [[foreign], [signer]] = await Promise.all([readAuthorities(other.pki), readAuthorities(own.pki)]);
    await writeFile(authorityKeyPath(own.pki, signer), spoil(await readFile(authorityKeyPath(other.pki, foreign), 'utf8')));
    expect(await refusal(makeIdentity(own.pki, { kind: 'agent', name: 'web1' }))).toMatchObject({ code: 'DAMAGED' });
    await Promise.all([other.close(), own.close()]);
  });

  it('does not certify beyond its own end', async () => {
    const { notAfter } = await makeIdentity(scene.pki, { kind: 'controller', name: 'long' }, { lifetimeMs: 9999 * dayMs });
    const [signer] = await readAuthorities(scene.pki);
    expect(notAfter).toEqual(new Date(signer.certificate.validTo));
    const late = new Date(notAfter.getTime() + 1);
    expect(await refusal(makeIdentity(scene.pki, { kind: 'agent', name: 'web1' }, { now: late }))).toMatchObject({ code: 'NOT_NOW' });
  });
});

describe('serial numbers', () => {
  it('are positive, of 126 random bits, and taken once', async () => {
    const many = await Promise.all(
      Array.from({ length: 40 }, (_, index) => makeIdentity(scene.pki, { kind: 'agent', name: `many${index}` })),
    );
    const serials = many.map(({ serial }) => serial);
    for (const { serial, certificate } of many) {
      expect(serial).toMatch(/^[4-7][\da-f]{31}$/);
      expect(new X509Certificate(certificate).serialNumber.toLowerCase()).toBe(serial);
    }
    expect(new Set(serials).size).toBe(40);
    // Every bit but the first two is now one and now the other.
    const bits = serials.map((serial) => BigInt(`0x${serial}`));
    const alwaysOne = bits.reduce((all, each) => all & each);
    const everOne = bits.reduce((any, each) => any | each);
    expect([alwaysOne.toString(16), everOne.toString(16)]).toEqual([`4${'0'.repeat(31)}`, `7${'f'.repeat(31)}`]);
    expect((await readIssued(scene.pki)).map(({ serial }) => serial)).toEqual(expect.arrayContaining(serials));
  });

  it('are refused to a second certificate', async () => {
    const first = await makeIdentity(scene.pki, { kind: 'agent', name: 'first' });
    expect(await refusal(recordIssued(scene.pki, { ...first, name: 'second' }))).toMatchObject({ code: 'EXISTS' });
    expect(await findIssued(scene.pki, first.serial)).toMatchObject({ name: 'first' });
  });
});

describe('revocations', () => {
  it('are all in the list when many are made at once, beside issuing', async () => {
    const own = await createAuthorityScene();
    const names = Array.from({ length: 12 }, (_, index) => `host${index}`);
    const identities = await Promise.all(names.map((name) => makeIdentity(own.pki, { kind: 'agent', name })));
    await Promise.all([
      ...names.map((nameOrSerial) => revoke(own.pki, { nameOrSerial }, { reason: 'keyCompromise', now })),
      ...names.map((name) => makeIdentity(own.pki, { kind: 'controller', name: `c-${name}` })),
    ]);
    const serials = identities.map(({ serial }) => serial).sort();
    expect((await readRevocations(own.pki)).map(({ serial }) => serial)).toEqual(serials);
    expect(await revokedIn(own.pki)).toEqual(serials);
    await own.close();
  });

  it('are all in the list when one is made, and listed, between the reading and the writing of another', async () => {
    const own = await createAuthorityScene();
    const [first, second] = [
      await makeIdentity(own.pki, { kind: 'agent', name: 'first' }),
      await makeIdentity(own.pki, { kind: 'agent', name: 'second' }),
    ];
    const options = { reason: 'keyCompromise', now } as const;
    await beforeRenameTo(
      'crl.pem',
      () => revoke(own.pki, { nameOrSerial: 'second' }, options),
      () => revoke(own.pki, { nameOrSerial: 'first' }, options),
    );
    expect(await revokedIn(own.pki)).toEqual([first.serial, second.serial].sort());
    await own.close();
  });

  it('also reach a renewal that is under way', async () => {
    for (let round = 0; round < 8; round += 1) {
      const name = `racing${round}`;
      const { certificate } = await makeIdentity(scene.pki, { kind: 'agent', name });
      await Promise.allSettled([
        renew(scene.pki, certificate, { lifetimeMs: dayMs, now }),
        revoke(scene.pki, { nameOrSerial: name }, { reason: 'unspecified', now }),
      ]);
      const all = (await readIssued(scene.pki)).filter((each) => each.name === name);
      expect(all.filter(({ revoked }) => revoked === undefined)).toEqual([]);
    }
  });

  it('stay as they are when they are repeated', async () => {
    const { serial } = await makeIdentity(scene.pki, { kind: 'agent', name: 'twice' });
    const select = { nameOrSerial: 'twice' };
    expect(await revoke(scene.pki, select, { reason: 'keyCompromise', now })).toHaveLength(1);
    expect(await revoke(scene.pki, select, { reason: 'superseded', now: new Date(now.getTime() + dayMs) })).toEqual([]);
    expect((await findIssued(scene.pki, serial))?.revoked).toMatchObject({ reason: 'keyCompromise', time: now });
  });

  it('leave the list a while after the certificate ended', async () => {
    const own = await createAuthorityScene();
    const { serial, notAfter } = await makeIdentity(own.pki, { kind: 'agent', name: 'short' }, { lifetimeMs: dayMs });
    await revoke(own.pki, { nameOrSerial: 'short' }, { reason: 'unspecified', now });
    await writeCrls(own.pki, new Date(notAfter.getTime() + crlLifetimeMs - 1000));
    expect(await revokedIn(own.pki)).toEqual([serial]);
    await writeCrls(own.pki, new Date(notAfter.getTime() + crlLifetimeMs));
    expect(await revokedIn(own.pki)).toEqual([]);
    await own.close();
  });

  it('are signed anew past the half of the time of their list, with a higher number', async () => {
    const own = await createAuthorityScene();
    const { X509Crl } = await loadX509();
    const numberOf = (pem: string) => Buffer.from(new X509Crl(pem).getExtension('2.5.29.20')?.value ?? new ArrayBuffer(0)).toString('hex');
    const first = await currentCrls(own.pki, now);
    expect(await currentCrls(own.pki, new Date(now.getTime() + crlLifetimeMs / 2 - 2000))).toBe(first);
    const second = await currentCrls(own.pki, new Date(now.getTime() + crlLifetimeMs / 2));
    // The clock stands back: the number does not.
    await writeCrls(own.pki, now);
    const third = await readFile(join(own.pki, 'crl.pem'), 'utf8');
    const numbers = [first, second, third].map(numberOf);
    expect(numbers).toEqual([...new Set(numbers)].sort());
    await own.close();
  });
});
