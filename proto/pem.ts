import { createHash, type X509Certificate } from 'node:crypto';

const block = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;

/** The certificates in a PEM text, each as PEM. */
export function certificateBlocks(pem: string): readonly string[] {
  return (pem.match(block) ?? []).map((text) => `${text}\n`);
}

/** "sha256:" and 64 hexadecimal digits: the SHA-256 of the SubjectPublicKeyInfo (DER), by which a CA is pinned. */
export function pinOf({ publicKey }: X509Certificate): string {
  return `sha256:${createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex')}`;
}

/** Reads a pin whose digest is hexadecimal (colons allowed), base64 or base64url; undefined for any other text. */
export function parsePin(text: string): string | undefined {
  const [, digest = ''] = /^sha256:(.+)$/i.exec(text.trim()) ?? [];
  const hex = digest.replaceAll(':', '').toLowerCase();
  if (/^[\da-f]{64}$/.test(hex)) return `sha256:${hex}`;
  if (!/^[\w+/-]{43}=?$/.test(digest)) return undefined;
  return `sha256:${Buffer.from(digest, 'base64').toString('hex')}`;
}
