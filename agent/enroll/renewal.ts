import { X509Certificate } from 'node:crypto';
import { setTimeout as timer } from 'node:timers/promises';
import type { Logger } from 'pino';
import { createCertificateRequest } from '../../proto/certificate-request.js';
import { enrolmentPaths } from '../../proto/enrolment.js';
import { findingOf } from './check-answer.js';
import { EnrollError } from './enroll-error.js';
import { findEnrolment, installEnrolment, readEnrolment } from './enrolment-files.js';
import { badAnswer, postEnrolment } from './post.js';
import { parseServer } from './server-address.js';

/** Time, as renewals have it. */
export interface RenewalClock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Resolves after the time, or at once when the signal is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** How certificates are renewed. */
export interface RenewalOptions {
  /** In which the agent enrolled. */
  readonly stateDirectory: string;
  readonly log: Logger;
  /** Default: that of the system. */
  readonly clock?: RenewalClock;
  /** From 0 to 1, as Math.random, which is the default. */
  readonly random?: () => number;
  /** For one attempt. Default 15,000. */
  readonly timeoutMs?: number;
}

/** Renewals that go on by themselves. */
export interface Renewal {
  /** Ends them; one that is under way is waited for. */
  stop(): Promise<void>;
}

/** How often the files are looked at: they may be replaced by a new enrolment, and clocks jump. */
const lookMs = 3_600_000;
/** Waiting times after failures: the first, doubled with each, up to the longest. */
const firstRetryMs = 60_000;
const longestRetryMs = 3_600_000;

const systemClock: RenewalClock = {
  now: Date.now,
  sleep: (ms, signal) => timer(ms, undefined, { signal, ref: false }).catch(() => undefined),
};

/**
 * Renews the certificate of an enrolled agent by itself, each time with a new key, at a random point from 70 to 90 % of its lifetime, so that a fleet
 * that enrolled at once does not renew at once. A failure leaves the files as they are, and is tried again.
 */
export function startRenewal({
  stateDirectory,
  log,
  clock = systemClock,
  random = Math.random,
  timeoutMs = 15_000,
}: RenewalOptions): Renewal {
  const stopping = new AbortController();
  const { signal } = stopping;

  async function run(): Promise<void> {
    let plan: { readonly certificate: string; readonly at: number } | undefined;
    let failures = 0;
    while (!signal.aborted) {
      let waitMs: number;
      try {
        const { certificate } = await readExisting(stateDirectory);
        // One that came while the agent ran is new, whatever it says of its beginning.
        const since = plan === undefined ? 0 : clock.now();
        if (plan?.certificate !== certificate) plan = { certificate, at: renewalTime(certificate, since, random()) };
        const leftMs = plan.at - clock.now();
        if (leftMs <= 0) log.info(await renew({ stateDirectory, clock, timeoutMs }), 'certificate renewed');
        waitMs = leftMs <= 0 ? 0 : Math.min(leftMs, lookMs);
        failures = 0;
      } catch (error) {
        failures += 1;
        waitMs = Math.min(longestRetryMs, firstRetryMs * 2 ** Math.min(failures - 1, 10)) * (0.5 + random() / 2);
        tell(error, { failures, retryInSeconds: Math.round(waitMs / 1000) });
      }
      if (waitMs > 0) await clock.sleep(waitMs, signal);
    }
  }

  function tell(error: unknown, more: object): void {
    const { message, code, remedy } = error as EnrollError;
    log.error({ code, remedy, ...more }, `the certificate of this agent was not renewed: ${message}`);
  }

  const running = run();
  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

/**
 * Certificates hold from some minutes before they are made; of a short one, or where clocks differ much, most would be over at once, and renewing never end.
 *
 * @param since - when it was got, in milliseconds since 1970, if that is known
 * @returns milliseconds since 1970
 */
function renewalTime(certificate: string, since: number, random: number): number {
  const { validFrom, validTo } = new X509Certificate(certificate);
  const from = Math.max(Date.parse(validFrom), since);
  return from + (Date.parse(validTo) - from) * (0.7 + 0.2 * random);
}

async function readExisting(stateDirectory: string): ReturnType<typeof readEnrolment> {
  const files = await findEnrolment(stateDirectory);
  if (files !== undefined) return readEnrolment(files);
  throw new EnrollError('FILES', `the enrolment in ${stateDirectory} is gone`, 'run "routefleet-agent enroll" again');
}

async function renew({
  stateDirectory,
  clock,
  timeoutMs,
}: Required<Pick<RenewalOptions, 'stateDirectory' | 'clock' | 'timeoutMs'>>): Promise<{ notAfter: string }> {
  const { certificate, key: oldKey, ca, enrolment, origin } = await readExisting(stateDirectory);
  const server = parseServer(origin.server);
  const { key, request } = await createCertificateRequest({ kind: 'agent', name: origin.name });
  const tls = { ca, cert: certificate, key: oldKey };
  const answer = await postEnrolment({ server, path: enrolmentPaths.renew, body: { request }, tls, timeoutMs });
  const finding = findingOf(answer, { name: origin.name, key, now: clock.now() });
  if (finding !== undefined) throw badAnswer(server, finding);
  await installEnrolment(stateDirectory, { ...answer, key, enrolment });
  return { notAfter: new Date(new X509Certificate(answer.certificate).validTo).toISOString() };
}
