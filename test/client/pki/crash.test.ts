import { X509Certificate } from 'node:crypto';
import { cp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { initAuthority, readAuthorities } from '../../../client/pki/authority.js';
import { currentCrls } from '../../../client/pki/crl.js';
import { readIssued, readRevocations } from '../../../client/pki/issued-list.js';
import { PkiError } from '../../../client/pki/pki-error.js';
import { revoke } from '../../../client/pki/revoke.js';
import { beginRotation, cancelRotation, finishRotation, switchRotation } from '../../../client/pki/rotation.js';
import { crashAt } from '../../support/crash-at.js';
import { type AuthorityScene, authorityOptions, createAuthorityScene, makeIdentity } from './authority-scene.js';

const { now } = authorityOptions;
const agent = { kind: 'agent', name: 'web1' } as const;

let scene: AuthorityScene;
beforeAll(async () => {
  scene = await createAuthorityScene();
  await makeIdentity(scene.pki, { kind: 'controller', name: 'alice' });
});
afterAll(() => scene?.close());

/** What leads to the state in which the step begins, the step, and whether trying it again may find it done. */
interface Case {
  readonly what: string;
  readonly before: (pki: string) => Promise<unknown>;
  readonly step: (pki: string) => Promise<unknown>;
}

const nothing = async (): Promise<void> => {};
const cases: readonly Case[] = [
  { what: 'making the authority', before: (pki) => rm(pki, { recursive: true }), step: (pki) => initAuthority(pki, authorityOptions) },
  { what: 'issuing', before: nothing, step: (pki) => makeIdentity(pki, agent) },
  { what: 'revoking', before: nothing, step: (pki) => revoke(pki, { nameOrSerial: 'alice' }, { reason: 'superseded', now }) },
  { what: 'beginning a rotation', before: nothing, step: (pki) => beginRotation(pki, authorityOptions) },
  { what: 'switching', before: (pki) => beginRotation(pki, authorityOptions), step: (pki) => switchRotation(pki, now) },
  { what: 'cancelling', before: (pki) => beginRotation(pki, authorityOptions), step: (pki) => cancelRotation(pki, now) },
  {
    what: 'finishing',
    async before(pki) {
      await beginRotation(pki, authorityOptions);
      await switchRotation(pki, now);
    },
    step: (pki) => finishRotation(pki, { force: true, now }),
  },
];

describe('a crash at any call of the file system', () => {
  it.each(cases)('while $what leaves an authority that can be used', async ({ before, step }) => {
    let points = 0;
    for (let nth = 1; ; nth += 1) {
      const pki = join(scene.directory, `crash-${nth}`);
      await cp(scene.pki, pki, { recursive: true });
      await before(pki);
      const { crashed } = await crashAt(nth, () => step(pki));
      if (!crashed) break;
      points = nth;
      // Again: it is done now, or says that it was.
      await step(pki).catch((error: unknown) => {
        if (!(error instanceof PkiError && ['EXISTS', 'NOT_NOW'].includes(error.code))) throw error;
      });
      const [signer] = await readAuthorities(pki);
      const { certificate } = await makeIdentity(pki, { kind: 'agent', name: 'db1' });
      expect(new X509Certificate(certificate).verify(signer.certificate.publicKey)).toBe(true);
      expect((await currentCrls(pki, now)).match(/BEGIN X509 CRL/g)).toHaveLength((await readAuthorities(pki)).length);
      await rm(pki, { recursive: true });
    }
    expect(points).toBeGreaterThan(3);
  });

  it('never leaves a certificate that nobody knows of: it is in the list before its holder has it', async () => {
    for (let nth = 1; ; nth += 1) {
      const pki = join(scene.directory, `issue-${nth}`);
      await cp(scene.pki, pki, { recursive: true });
      let handedOut = 0;
      const { crashed } = await crashAt(nth, async () => {
        await makeIdentity(pki, agent);
        handedOut = 1;
      });
      expect((await readIssued(pki)).filter(({ name }) => name === 'web1').length).toBeGreaterThanOrEqual(handedOut);
      if (!crashed) break;
    }
  });

  it('between a revocation and its list is made up for by the next one', async () => {
    const pki = join(scene.directory, 'revoking');
    await cp(scene.pki, pki, { recursive: true });
    for (let nth = 1; (await readRevocations(pki)).length === 0; nth += 1) {
      await crashAt(nth, () => revoke(pki, { nameOrSerial: 'alice' }, { reason: 'superseded', now }));
    }
    expect(await revoke(pki, { nameOrSerial: 'alice' }, { reason: 'superseded', now })).toEqual([]);
    const [{ serial = '' } = {}] = await readRevocations(pki);
    expect(Buffer.from((await currentCrls(pki, now)).replace(/-----.*-----/g, ''), 'base64').toString('hex')).toContain(serial);
    expect((await readdir(join(pki, 'revoked'))).filter((name) => name.endsWith('.json'))).toEqual([`${serial}.json`]);
  });
});
