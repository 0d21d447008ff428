import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';
import type { AuditLine, Link } from './line.js';

/*
 * A head is a line whose signature speaks for the line before, and so for all lines up to it. head.json holds the last one once more:
 * it is replaced before the line is written, so that a log that ends before its last head was cut off.
 */

/** A line that is to be signed. */
export type Head = {
  readonly type: 'head';
  /** Ed25519, base64. */
  readonly signature: string;
};

/** Signs where a chain stands. */
export function signHead(key: KeyObject, last: Link, time: string): Head {
  return { type: 'head', signature: sign(null, message(last, time), key).toString('base64') };
}

/** Whether a head was signed with the key that belongs to a public one, and for this place of the chain. */
export function isSigned({ seq, previous, time, members }: AuditLine, publicKey: KeyObject): boolean {
  const { signature } = members;
  if (typeof signature !== 'string') return false;
  return verify(null, message({ seq: seq - 1, hash: previous }, time), publicKey, Buffer.from(signature, 'base64'));
}

function message({ seq, hash }: Link, time: string): Buffer {
  return Buffer.from(`routefleet audit head\n${seq}\n${hash}\n${time}\n`);
}

/** What heads are signed and verified with. */
export interface AuditKey {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** A fresh one. */
export function makeKey(): AuditKey {
  return generateKeyPairSync('ed25519');
}

/** @throws when the text is no key */
export function parseKey(pem: Buffer): AuditKey {
  const privateKey = createPrivateKey(pem);
  return { privateKey, publicKey: createPublicKey(privateKey) };
}
