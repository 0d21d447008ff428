import type { Command } from 'commander';
import { bundlePath } from '../../pki/authority.js';
import { type CertificateSubject, issueCertificate } from '../../pki/issue.js';
import type { CliIo } from '../io.js';
import { identityFiles, writeFiles } from './key-files.js';
import { minuteText, writeResult } from './output.js';
import type { OutDirOptions, PkiDirOptions } from './pki-options.js';

/** What is certified. */
export interface Certified {
  readonly subject: CertificateSubject;
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Buffer;
  /** PEM, when it was made here and is to be kept beside the certificate. */
  readonly key?: string;
  readonly lifetimeMs: number;
}

/** Makes a certificate, writes it, and with it the key if there is one, and says what was made. */
export async function certify(
  io: CliIo,
  command: Command,
  { subject, publicKey, key, lifetimeMs }: Certified,
  options: OutDirOptions,
): Promise<void> {
  const { pkiDir } = command.optsWithGlobals<PkiDirOptions>();
  const { kind, name } = subject;
  const files = identityFiles(name, options);
  const { certificate, serial, notAfter } = await issueCertificate(pkiDir, { subject, publicKey, lifetimeMs, now: new Date() });
  await writeFiles({ ...(key === undefined ? {} : { [files.key]: key }), [files.certificate]: certificate }, options);
  const keyFile = key === undefined ? undefined : files.key;
  const until = `${kind} ${name} until ${minuteText(notAfter)}, serial number ${serial}\n`;
  const places = `certificate: ${files.certificate}\n${keyFile === undefined ? '' : `key: ${keyFile}\n`}trust: ${bundlePath(pkiDir)}\n`;
  writeResult(io, command, until + places, {
    kind,
    name,
    serial,
    notAfter,
    certificate: files.certificate,
    ...(keyFile === undefined ? {} : { key: keyFile }),
    bundle: bundlePath(pkiDir),
  });
}
