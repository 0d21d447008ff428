import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { makePrivateDirectory, readIfThere, writeWhole } from './files.js';
import { PkiError } from './pki-error.js';

/** What a certificate is for: an identity of the fleet, or the enrolment server itself. */
export type CertificateKind = 'agent' | 'controller' | 'server';

/** Reasons for a revocation, by their names in RFC 5280. */
export const revocationReasons = ['unspecified', 'keyCompromise', 'superseded', 'cessationOfOperation', 'privilegeWithdrawn'] as const;

/** One of {@link revocationReasons}. */
export type RevocationReason = (typeof revocationReasons)[number];

/** A certificate as the authority remembers it. */
export interface IssuedCertificate {
  /** 32 hexadecimal digits. */
  readonly serial: string;
  readonly kind: CertificateKind;
  readonly name: string;
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly string[];
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** Id of the authority that signed it. */
  readonly authority: string;
  /** PEM. */
  readonly certificate: string;
}

/** A certificate that shall not hold any more. */
export interface Revocation extends Pick<IssuedCertificate, 'serial' | 'authority' | 'notAfter'> {
  readonly time: Date;
  readonly reason: RevocationReason;
}

/** With what became of it. */
export interface ListedCertificate extends IssuedCertificate {
  readonly revoked?: Revocation | undefined;
}

const time = z.iso.datetime().transform((text) => new Date(text));
const serial = z.string().regex(/^[\da-f]{32}$/);

const issuedSchema: z.ZodType<IssuedCertificate> = z.object({
  serial,
  kind: z.enum(['agent', 'controller', 'server']),
  name: z.string(),
  dnsNames: z.array(z.string()),
  ipAddresses: z.array(z.string()),
  notBefore: time,
  notAfter: time,
  authority: z.string(),
  certificate: z.string(),
});

const revocationSchema: z.ZodType<Revocation> = z.object({
  serial,
  authority: z.string(),
  notAfter: time,
  time,
  reason: z.enum(revocationReasons),
});

const issuedDirectory = (directory: string): string => join(directory, 'issued');
const revokedDirectory = (directory: string): string => join(directory, 'revoked');

/**
 * Enters a certificate. Each has a file of its own, which is made and never changed: several processes may issue at once, and none can lose the
 * entry of another or take its serial number.
 *
 * @throws PkiError EXISTS when the serial number is taken
 */
export async function recordIssued(directory: string, issued: IssuedCertificate): Promise<void> {
  await record(issuedDirectory(directory), issued);
}

/** Enters a revocation; one that is there stands. */
export async function recordRevocation(directory: string, revocation: Revocation): Promise<void> {
  await record(revokedDirectory(directory), revocation).catch((error: unknown) => {
    if (!(error instanceof PkiError && error.code === 'EXISTS')) throw error;
  });
}

async function record(directory: string, entry: IssuedCertificate | Revocation): Promise<void> {
  await makePrivateDirectory(directory);
  await writeWhole(join(directory, `${entry.serial}.json`), `${JSON.stringify(entry, null, 2)}\n`, { mode: 0o600 });
}

/** Every certificate that was issued, the earliest first. @throws PkiError DAMAGED */
export async function readIssued(directory: string): Promise<readonly ListedCertificate[]> {
  const revocations = new Map((await readRevocations(directory)).map((each) => [each.serial, each]));
  const issued = await readAll(issuedDirectory(directory), issuedSchema);
  return issued
    .map((each) => ({ ...each, revoked: revocations.get(each.serial) }))
    .sort((a, b) => a.notBefore.getTime() - b.notBefore.getTime() || a.name.localeCompare(b.name));
}

/** The certificate of a serial number. @throws PkiError DAMAGED */
export async function findIssued(directory: string, serialNumber: string): Promise<ListedCertificate | undefined> {
  const name = serialNumber.toLowerCase();
  if (!serial.safeParse(name).success) return undefined;
  const issued = await readOne(issuedDirectory(directory), name, issuedSchema);
  return issued && { ...issued, revoked: await readOne(revokedDirectory(directory), name, revocationSchema) };
}

/** Every revocation, ordered by serial number. @throws PkiError DAMAGED */
export function readRevocations(directory: string): Promise<readonly Revocation[]> {
  return readAll(revokedDirectory(directory), revocationSchema);
}

async function readAll<T>(directory: string, schema: z.ZodType<T>): Promise<readonly T[]> {
  const names = await readdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw new PkiError('UNUSABLE', `"${directory}" cannot be read (${error.code})`, 'see to its rights', error);
  });
  const entries: T[] = [];
  for (const name of names.sort()) {
    const [, number] = /^([\da-f]{32})\.json$/.exec(name) ?? [];
    const entry = number && (await readOne(directory, number, schema));
    if (entry) entries.push(entry);
  }
  return entries;
}

async function readOne<T>(directory: string, serialNumber: string, schema: z.ZodType<T>): Promise<T | undefined> {
  const path = join(directory, `${serialNumber}.json`);
  const text = await readIfThere(path);
  if (text === undefined) return undefined;
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    throw new PkiError('DAMAGED', `"${path}" is not what was written`, 'restore it from a backup', cause);
  }
}
