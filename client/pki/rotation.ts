import { rm } from 'node:fs/promises';
import {
  type Authority,
  type AuthorityOptions,
  authorityKeyPath,
  createAuthority,
  readAuthorities,
  writeAuthorities,
} from './authority.js';
import { writeCrls } from './crl.js';
import { readIssued } from './issued-list.js';
import { PkiError } from './pki-error.js';

/** How far the rotation of an authority is: none; the next one is trusted as well; it signs, and the old one still is trusted. */
export type RotationStep = 'none' | 'begun' | 'switched';

/** Where a rotation stands. */
export function rotationStepOf([signer, other]: readonly [Authority, ...Authority[]]): RotationStep {
  if (other === undefined) return 'none';
  return signer.generation < other.generation ? 'begun' : 'switched';
}

/**
 * Makes the next authority, which from now on is trusted as well. The old one still signs.
 *
 * @throws PkiError NOT_NOW during a rotation
 */
export async function beginRotation(directory: string, options: AuthorityOptions): Promise<Authority> {
  const [signer, ...others] = await readAuthorities(directory);
  if (others.length > 0)
    throw outOfTurn('a rotation is under way', 'go on with "routefleet pki rotate switch" or "finish", or "cancel" it');
  const next = await createAuthority(directory, signer.generation + 1, options);
  await writeAuthorities(directory, [signer, next]);
  await writeCrls(directory, options.now);
  return next;
}

/**
 * From now on the next authority signs. Everybody must have the bundle with both.
 *
 * @throws PkiError NOT_NOW
 */
export async function switchRotation(directory: string, now: Date): Promise<Authority> {
  const authorities = await readAuthorities(directory);
  const [signer, next] = authorities;
  if (rotationStepOf(authorities) !== 'begun' || next === undefined) {
    throw outOfTurn('there is no next authority to switch to', 'begin with "routefleet pki rotate begin"');
  }
  await writeAuthorities(directory, [next, signer]);
  await writeCrls(directory, now);
  return next;
}

/**
 * Forgets the next authority, before it signed anything.
 *
 * @throws PkiError NOT_NOW
 */
export async function cancelRotation(directory: string, now: Date): Promise<void> {
  const authorities = await readAuthorities(directory);
  const [signer, next] = authorities;
  if (rotationStepOf(authorities) !== 'begun' || next === undefined) {
    throw outOfTurn('there is no rotation that only began', 'after "switch" go on with "finish"');
  }
  await drop(directory, signer, next, now);
}

/**
 * The old authority is trusted no longer, and its key is removed.
 *
 * @throws PkiError NOT_NOW, also while somebody has certificates of the old authority alone; `force` shuts them out
 */
export async function finishRotation(
  directory: string,
  { force, now }: { readonly force: boolean; readonly now: Date },
): Promise<Authority> {
  const authorities = await readAuthorities(directory);
  const [signer, old] = authorities;
  if (rotationStepOf(authorities) !== 'switched' || old === undefined) {
    throw outOfTurn('there is no old authority to drop', 'begin with "routefleet pki rotate begin", then "switch"');
  }
  const left = force ? [] : await leftBehind(directory, signer, now);
  if (left.length > 0) {
    const some = left.length > 5 ? `${left.slice(0, 5).join(', ')} and ${left.length - 5} more` : left.join(', ');
    throw outOfTurn(
      `certificates of the old authority alone: ${some}`,
      'wait until they renewed, or "pki renew" or revoke them; --force shuts them out',
    );
  }
  await drop(directory, signer, old, now);
  return signer;
}

async function drop(directory: string, stays: Authority, goes: Authority, now: Date): Promise<void> {
  await writeAuthorities(directory, [stays]);
  await rm(authorityKeyPath(directory, goes), { force: true });
  await writeCrls(directory, now);
}

/** Who has a valid certificate, but none of this authority: "agent web1". */
async function leftBehind(directory: string, { id }: Authority, now: Date): Promise<readonly string[]> {
  const valid = (await readIssued(directory)).filter(
    ({ kind, notAfter, revoked }) => kind !== 'server' && revoked === undefined && notAfter > now,
  );
  const nameOf = ({ kind, name }: (typeof valid)[number]) => `${kind} ${name}`;
  const renewed = new Set(valid.filter(({ authority }) => authority === id).map(nameOf));
  return [...new Set(valid.map(nameOf))].filter((name) => !renewed.has(name));
}

function outOfTurn(message: string, remedy: string): PkiError {
  return new PkiError('NOT_NOW', message, remedy);
}
