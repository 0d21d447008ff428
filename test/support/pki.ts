// tsyringe, through which @peculiar/x509 finds its algorithms, refuses to load without it.
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';
import { keyAlgorithm, keyPem, signingAlgorithm } from '../../proto/certificate-request.js';

const day = 86_400_000;
const serverAuth = '1.3.6.1.5.5.7.3.1';
const clientAuth = '1.3.6.1.5.5.7.3.2';

/** When a certificate holds, from now: a day back to a year ahead, all past, or all ahead. */
export type Validity = 'valid' | 'expired' | 'notYetValid';

/** A certificate with its key, as PEM texts. */
export interface Identity {
  readonly certificate: string;
  /** PKCS #8. */
  readonly key: string;
}

/** What a server certificate says. */
export interface ServerRequest {
  /** Common name; a client checks only the two lists. */
  readonly name: string;
  readonly dnsNames?: readonly string[];
  readonly ipAddresses?: readonly string[];
  /** Default "valid". */
  readonly validity?: Validity;
}

/** What a client certificate says. */
export interface ClientRequest {
  /** Common name. */
  readonly name: string;
  /** Subject alternative name, such as "spiffe://example.net/controller". */
  readonly uri?: string;
  /** Default "valid". */
  readonly validity?: Validity;
}

/** Where {@link TestPki.writeTo} put the files of one identity. */
export interface IdentityFiles {
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
}

/** A certificate authority of one test run. A second one is a "wrong CA" for the first. */
export interface TestPki {
  /** Certificate of the authority, PEM. */
  readonly ca: string;
  issueServer(request: ServerRequest): Promise<Identity>;
  issueClient(request: ClientRequest): Promise<Identity>;
  /** A revocation list of the authority that takes these back, PEM. */
  revoke(...identities: readonly Identity[]): Promise<string>;
  /** Writes ca.pem, `<name>.pem` and, readable by the owner alone, `<name>-key.pem`; makes the directory. */
  writeTo(directory: string, name: string, identity: Identity): Promise<IdentityFiles>;
}

/** Makes an authority (ECDSA P-256), in a few milliseconds; nothing is stored. */
export async function createTestPki({ name = 'routefleet test CA' }: { readonly name?: string } = {}): Promise<TestPki> {
  const keys = await generateKeys();
  const authority = await x509.X509CertificateGenerator.createSelfSigned({
    name: commonName(name),
    keys,
    ...periodOf('valid'),
    signingAlgorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });

  async function issue(subject: string, usage: string, names: x509.JsonGeneralName[], validity: Validity): Promise<Identity> {
    const own = await generateKeys();
    const certificate = await x509.X509CertificateGenerator.create({
      subject: commonName(subject),
      issuer: authority.subject,
      publicKey: own.publicKey,
      signingKey: keys.privateKey,
      ...periodOf(validity),
      signingAlgorithm,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([usage]),
        ...(names.length === 0 ? [] : [new x509.SubjectAlternativeNameExtension(names)]),
        await x509.AuthorityKeyIdentifierExtension.create(keys.publicKey),
      ],
    });
    return { certificate: certificate.toString('pem'), key: await keyPem(own.privateKey) };
  }

  const ca = authority.toString('pem');
  return {
    ca,
    issueServer: ({ name: subject, dnsNames = [], ipAddresses = [], validity = 'valid' }) =>
      issue(
        subject,
        serverAuth,
        [...dnsNames.map((value) => ({ type: 'dns' as const, value })), ...ipAddresses.map((value) => ({ type: 'ip' as const, value }))],
        validity,
      ),
    issueClient: ({ name: subject, uri, validity = 'valid' }) =>
      issue(subject, clientAuth, uri === undefined ? [] : [{ type: 'url', value: uri }], validity),
    async revoke(...identities) {
      const entries = identities.map(({ certificate }) => ({
        serialNumber: new x509.X509Certificate(certificate).serialNumber,
        revocationDate: new Date(),
      }));
      const period = { thisUpdate: new Date(), nextUpdate: new Date(Date.now() + day) };
      const common = { issuer: authority.subject, ...period, entries, signingAlgorithm };
      return (await x509.X509CrlGenerator.create({ ...common, signingKey: keys.privateKey })).toString('pem');
    },
    writeTo: (directory, fileName, identity) => writeIdentity(directory, fileName, ca, identity),
  };
}

async function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(keyAlgorithm, true, ['sign', 'verify']);
}

/** A name that is safe in a distinguished name whatever it holds. */
function commonName(name: string): x509.JsonName {
  return [{ CN: [name] }];
}

function periodOf(validity: Validity): { notBefore: Date; notAfter: Date } {
  const now = Date.now();
  const [from, to] = { valid: [-1, 365], expired: [-30, -1], notYetValid: [1, 30] }[validity] as [number, number];
  return { notBefore: new Date(now + from * day), notAfter: new Date(now + to * day) };
}

async function writeIdentity(directory: string, name: string, ca: string, { certificate, key }: Identity): Promise<IdentityFiles> {
  const files = { ca: join(directory, 'ca.pem'), certificate: join(directory, `${name}.pem`), key: join(directory, `${name}-key.pem`) };
  await mkdir(directory, { recursive: true });
  await Promise.all([
    writeFile(files.ca, ca),
    writeFile(files.certificate, certificate),
    // The mode of writeFile holds for new files only.
    writeFile(files.key, key, { mode: 0o600 }).then(() => chmod(files.key, 0o600)),
  ]);
  return files;
}
