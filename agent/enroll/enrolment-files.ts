import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { exposureOf, makePrivate } from '../host/private-file.js';
import { EnrollError } from './enroll-error.js';

/** Paths of what an enrolment gave to an agent. */
export interface EnrolmentFiles {
  /** Certificate of the agent. */
  readonly certificate: string;
  /** Its key, for the owner alone. */
  readonly key: string;
  /** Every CA that is trusted. */
  readonly ca: string;
  /** Their revocation lists, as they were when the certificate was given. */
  readonly crl: string;
  /** Where it came from. */
  readonly enrolment: string;
}

/** What they hold. */
export type EnrolmentTexts = { readonly [file in keyof EnrolmentFiles]: string };

/** Where an enrolment came from. */
export interface EnrolmentOrigin {
  /** "ctl.example.net:7421" */
  readonly server: string;
  /** Of this host in its certificate. */
  readonly name: string;
}

const originSchema = z.object({ server: z.string(), name: z.string() });

/** Where the files of an enrolment are, whether they are there or not. */
export function enrolmentFiles(stateDirectory: string): EnrolmentFiles {
  const at = (name: string): string => join(stateDirectory, 'tls', name);
  return {
    certificate: at('agent.pem'),
    key: at('agent-key.pem'),
    ca: at('ca.pem'),
    crl: at('crl.pem'),
    enrolment: at('enrolment.json'),
  };
}

/**
 * The files of the enrolment of an agent; undefined when it did not enroll. A replacement that was interrupted is finished first.
 *
 * @throws EnrollError FILES
 */
export async function findEnrolment(stateDirectory: string): Promise<EnrolmentFiles | undefined> {
  const files = enrolmentFiles(stateDirectory);
  return usable(stateDirectory, async () => {
    if ((await readIfThere(markPath(stateDirectory))) !== undefined) await finishReplacement(stateDirectory);
    return (await readIfThere(files.enrolment)) === undefined ? undefined : files;
  });
}

/**
 * Reads the files of an enrolment.
 *
 * @throws EnrollError FILES, also when others can read the key
 */
export async function readEnrolment(files: EnrolmentFiles): Promise<EnrolmentTexts & { readonly origin: EnrolmentOrigin }> {
  const [certificate, key, ca, crl, enrolment] = await usable(files.certificate, () =>
    Promise.all([
      readFile(files.certificate, 'utf8'),
      readPrivate(files.key),
      readFile(files.ca, 'utf8'),
      readFile(files.crl, 'utf8'),
      readFile(files.enrolment, 'utf8'),
    ]),
  );
  return {
    certificate,
    key,
    ca,
    crl,
    enrolment,
    origin: await usable(files.enrolment, async () => originSchema.parse(JSON.parse(enrolment))),
  };
}

/**
 * Puts an enrolment in place of the one that is there. All new files are on disk beside the old ones before a mark says that they hold; from then on
 * nothing but renames is left, which {@link findEnrolment} finishes after a crash. So certificate and key always belong together.
 *
 * @throws EnrollError FILES; the earlier files are then as they were, or what was begun is finished by {@link findEnrolment}
 */
export async function installEnrolment(stateDirectory: string, texts: EnrolmentTexts): Promise<void> {
  const directory = join(stateDirectory, 'tls');
  await usable(directory, async () => {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const files = Object.entries(enrolmentFiles(stateDirectory)) as [keyof EnrolmentFiles, string][];
    try {
      for (const [file, path] of files) await write(newPath(path), texts[file]);
    } catch (error) {
      for (const [, path] of files) await rm(newPath(path), { force: true });
      throw error;
    }
    await write(markPath(stateDirectory), '');
    await syncDirectory(directory);
    await finishReplacement(stateDirectory);
  });
}

/** A new file before it takes its name. */
function newPath(path: string): string {
  return `${path}.new`;
}

/** Says that the new files are complete. */
function markPath(stateDirectory: string): string {
  return join(stateDirectory, 'tls', 'replacing');
}

async function finishReplacement(stateDirectory: string): Promise<void> {
  for (const path of Object.values(enrolmentFiles(stateDirectory))) {
    await rename(newPath(path), path).catch((error: NodeJS.ErrnoException) => {
      // It took its name before the crash.
      if (error.code !== 'ENOENT') throw error;
    });
  }
  await syncDirectory(join(stateDirectory, 'tls'));
  await rm(markPath(stateDirectory));
}

async function write(path: string, text: string): Promise<void> {
  // What an interrupted run left may have another mode.
  await rm(path, { force: true });
  const file = await open(path, 'wx', 0o600);
  try {
    await makePrivate(path);
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Windows has no such thing, and does not need it. */
async function syncDirectory(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const directory = await open(path, 'r');
  await directory.sync().finally(() => directory.close());
}

/** The text of a private key. @throws EnrollError FILES when others can read it */
async function readPrivate(path: string): Promise<string> {
  const file = await open(path, 'r');
  try {
    const exposure = await exposureOf(path, (await file.stat()).mode);
    if (exposure === undefined) return await file.readFile('utf8');
    throw new EnrollError('FILES', exposure.message, exposure.remedy);
  } finally {
    await file.close();
  }
}

async function readIfThere(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
}

async function usable<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof EnrollError) throw cause;
    const { code = 'not what was written' } = cause as NodeJS.ErrnoException;
    throw new EnrollError('FILES', `the enrolment in ${path} cannot be used (${code})`, 'see to its rights and its space', cause);
  }
}
