import { createHash, randomBytes } from 'node:crypto';
import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { makePrivateDirectory, readIfThere, writeWhole } from '../pki/files.js';
import { canonicalSubject } from '../pki/issue.js';
import { PkiError } from '../pki/pki-error.js';

/** A right to one certificate. The secret itself is stored nowhere. */
export interface EnrolmentToken {
  /** SHA-256 of the secret, 64 hexadecimal digits. */
  readonly id: string;
  /** Host that it is for. */
  readonly name: string;
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly string[];
  readonly expireTime: Date;
}

/** A token that was just made. */
export interface NewToken extends EnrolmentToken {
  /** 256 random bits, base64url. */
  readonly secret: string;
}

/** What a token shall be for. */
export interface TokenOptions {
  readonly name: string;
  readonly dnsNames?: readonly string[] | undefined;
  readonly ipAddresses?: readonly string[] | undefined;
  readonly lifetimeMs: number;
  readonly now: Date;
}

const tokenSchema = z.object({
  name: z.string(),
  dnsNames: z.array(z.string()),
  ipAddresses: z.array(z.string()),
  expireTime: z.iso.datetime().transform((text) => new Date(text)),
});

const openDirectory = (pki: string): string => join(pki, 'tokens');
const usedDirectory = (pki: string): string => join(pki, 'tokens', 'used');
const fileOf = (id: string): string => `${id}.json`;

/**
 * Makes a token for the host, which is shown once.
 *
 * @throws PkiError; InvalidValueError for a name that cannot stand in a certificate
 */
export async function createToken(pki: string, { name, dnsNames, ipAddresses, lifetimeMs, now }: TokenOptions): Promise<NewToken> {
  const secret = randomBytes(32).toString('base64url');
  const { kind: _kind, ...names } = canonicalSubject({ kind: 'agent', name, dnsNames, ipAddresses });
  const token = { ...names, expireTime: new Date(now.getTime() + lifetimeMs) };
  const id = idOf(secret);
  await makePrivateDirectory(usedDirectory(pki));
  await writeWhole(join(openDirectory(pki), fileOf(id)), `${JSON.stringify(token, null, 2)}\n`, { mode: 0o600 });
  return { id, secret, ...token };
}

function idOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** What is known of a secret: nothing; that it was used; or the token that it is of. @throws PkiError */
export async function findToken(pki: string, secret: string): Promise<EnrolmentToken | 'used' | undefined> {
  const id = idOf(secret);
  const token = await readToken(pki, id);
  if (token !== undefined) return token;
  return (await readIfThere(join(usedDirectory(pki), fileOf(id)))) === undefined ? undefined : 'used';
}

/**
 * Uses a token up. Of any number of processes that try one succeeds: the system renames a file once.
 *
 * @returns false: somebody else was first
 * @throws PkiError
 */
export async function consumeToken(pki: string, { id }: Pick<EnrolmentToken, 'id'>): Promise<boolean> {
  try {
    await rename(join(openDirectory(pki), fileOf(id)), join(usedDirectory(pki), fileOf(id)));
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return false;
    throw new PkiError(
      'UNUSABLE',
      `the token cannot be used up (${code})`,
      `see to the rights and space of "${openDirectory(pki)}"`,
      error,
    );
  }
}

/** Tokens that were not used, also those whose time is over, by their names. @throws PkiError */
export async function listTokens(pki: string): Promise<readonly EnrolmentToken[]> {
  const names = await readdir(openDirectory(pki)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw new PkiError('UNUSABLE', `"${openDirectory(pki)}" cannot be read (${error.code})`, 'see to its rights', error);
  });
  const ids = names.flatMap((name) => /^([\da-f]{64})\.json$/.exec(name)?.[1] ?? []);
  const tokens = await Promise.all(ids.map((id) => readToken(pki, id)));
  return tokens.filter((token) => token !== undefined).sort((a, b) => a.name.localeCompare(b.name) || a.id.localeCompare(b.id));
}

/**
 * Takes tokens back that were not used: all of a host, or the one whose id begins so (8 digits or more).
 *
 * @throws PkiError NOT_FOUND
 */
export async function withdrawTokens(pki: string, nameOrId: string): Promise<readonly EnrolmentToken[]> {
  const wanted = nameOrId.toLowerCase();
  const isId = /^[\da-f]{8,64}$/.test(wanted);
  const tokens = (await listTokens(pki)).filter(({ name, id }) => name === wanted || (isId && id.startsWith(wanted)));
  if (tokens.length === 0) {
    throw new PkiError('NOT_FOUND', `there is no unused token for "${nameOrId}"`, 'see "routefleet enroll token list"');
  }
  for (const { id } of tokens) await rm(join(openDirectory(pki), fileOf(id)), { force: true });
  return tokens;
}

async function readToken(pki: string, id: string): Promise<EnrolmentToken | undefined> {
  const path = join(openDirectory(pki), fileOf(id));
  const text = await readIfThere(path);
  if (text === undefined) return undefined;
  try {
    return { id, ...tokenSchema.parse(JSON.parse(text)) };
  } catch (cause) {
    throw new PkiError('DAMAGED', `"${path}" is not what was written`, 'remove it, and make another token', cause);
  }
}
