import { createPrivateKey, X509Certificate } from 'node:crypto';
import { chmod, cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import pino, { type Logger } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type EnrolmentFiles,
  enrolmentFiles,
  findEnrolment,
  installEnrolment,
  readEnrolment,
} from '../../../agent/enroll/enrolment-files.js';
import { type Renewal, type RenewalClock, startRenewal } from '../../../agent/enroll/renewal.js';
import { revoke } from '../../../client/pki/revoke.js';
import { createEnrolmentScene, type EnrolmentScene } from '../../client/enroll/enrolment-scene.js';
import { dayMs, makeIdentity } from '../../client/pki/authority-scene.js';
import { crashAt } from '../../support/crash-at.js';

const hourMs = 3_600_000;

let scene: EnrolmentScene;
let count = 0;
let stateDirectory: string;
let files: EnrolmentFiles;
beforeAll(async () => {
  scene = await createEnrolmentScene();
});
beforeEach(() => {
  count += 1;
  stateDirectory = join(scene.directory, `state-${count}`);
  files = enrolmentFiles(stateDirectory);
});
afterAll(() => scene?.close());

/** Days for which the certificate of {@link enrolled} holds. It began 85 days ago, so that it is to be renewed in the past, and holds now. */
const lifetimeDays = 90;
const beganMs = Date.now() - 85 * dayMs;

/** An agent that enrolled 85 days ago. */
async function enrolled(name: string, server: string = scene.address): Promise<void> {
  const { certificate, key } = await makeIdentity(
    scene.pki,
    { kind: 'agent', name },
    { now: new Date(beganMs), lifetimeMs: lifetimeDays * dayMs },
  );
  const enrolment = JSON.stringify({ server, name });
  await installEnrolment(stateDirectory, { certificate, key, ca: scene.ca, crl: '', enrolment });
}

const readAll = async (): Promise<string> => (await Promise.all(Object.values(files).map((path) => readFile(path, 'utf8')))).join('\n');

/** Time that passes by itself as soon as somebody waits. */
interface VirtualClock extends RenewalClock {
  readonly sleeps: readonly number[];
}

/** @param until - told after each wait; true: nobody wakes up any more */
function virtualClock(until: (sleptMs: number, now: number) => boolean): VirtualClock & { readonly done: Promise<void> } {
  // A little before the time of renewals.
  let now = beganMs + 62 * dayMs;
  const sleeps: number[] = [];
  let finish = (): void => {};
  const done = new Promise<void>((resolve) => {
    finish = resolve;
  });
  return {
    sleeps,
    done,
    now: () => now,
    async sleep(ms, signal) {
      sleeps.push(ms);
      now += ms;
      if (!until(ms, now)) return;
      finish();
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    },
  };
}

/** A log that is kept. */
function keptLog(): { readonly log: Logger; readonly lines: Record<string, unknown>[] } {
  const lines: Record<string, unknown>[] = [];
  return { lines, log: pino({ base: null }, { write: (line: string) => lines.push(JSON.parse(line)) }) };
}

let renewal: Renewal | undefined;
afterEach(() => renewal?.stop());

/** Renews until the log has this many lines: as early as may be, and with this random number in waiting times. */
async function renewUntil(lineCount: number, random = 0.5): Promise<{ clock: VirtualClock; lines: Record<string, unknown>[] }> {
  const { log, lines } = keptLog();
  const clock = virtualClock(() => lines.length >= lineCount);
  const numbers = [0];
  renewal = startRenewal({ stateDirectory, log, clock, random: () => numbers.pop() ?? random, timeoutMs: 5000 });
  await clock.done;
  await renewal.stop();
  return { clock, lines };
}

describe('a certificate is renewed', () => {
  it.each([0, 0.25, 0.999_999])(
    'within the last third of its lifetime, but not at its very end, by the random number %d',
    async (random) => {
      await enrolled('timed');
      const before = await readFile(files.certificate, 'utf8');
      const { log, lines } = keptLog();
      let renewedAt = 0;
      const clock = virtualClock((sleptMs, now) => {
        if (lines.length === 0) return false;
        // The wait that came after the renewal.
        renewedAt ||= now - sleptMs;
        return true;
      });
      renewal = startRenewal({ stateDirectory, log, clock, random: () => random });
      await clock.done;
      expect(lines).toEqual([expect.objectContaining({ msg: 'certificate renewed' })]);
      const { validFrom, validTo } = new X509Certificate(before);
      const [from, to] = [Date.parse(validFrom), Date.parse(validTo)];
      expect((renewedAt - from) / (to - from)).toBeCloseTo(0.7 + 0.2 * random, 6);
      // The files are looked at meanwhile.
      expect(Math.max(...clock.sleeps)).toBe(hourMs);
    },
  );

  it('once, where the new one holds for less time than it began before it was made', async () => {
    const brief = await createEnrolmentScene({ lifetimeMs: 60_000 });
    try {
      const { certificate, key } = await makeIdentity(
        brief.pki,
        { kind: 'agent', name: 'brief' },
        { now: new Date(beganMs), lifetimeMs: lifetimeDays * dayMs },
      );
      const enrolment = JSON.stringify({ server: brief.address, name: 'brief' });
      await installEnrolment(stateDirectory, { certificate, key, ca: brief.ca, crl: '', enrolment });
      const { log, lines } = keptLog();
      const waits: number[] = [];
      const clock: RenewalClock = {
        now: Date.now,
        sleep: (ms, signal) => {
          waits.push(ms);
          return new Promise((resolve) => signal.addEventListener('abort', () => resolve()));
        },
      };
      renewal = startRenewal({ stateDirectory, log, clock, random: () => 0 });
      await expect.poll(() => waits).toEqual([expect.closeTo(0.7 * 60_000, -4)]);
      expect(lines).toMatchObject([{ msg: 'certificate renewed' }]);
      await renewal.stop();
    } finally {
      await brief.close();
    }
  });

  it('with a new key, over mutual TLS, for the same names', async () => {
    await enrolled('keyed');
    const before = await readEnrolment(files);
    await renewUntil(1);
    const after = await readEnrolment(files);
    const [old, renewed] = [new X509Certificate(before.certificate), new X509Certificate(after.certificate)];
    expect(renewed.publicKey.equals(old.publicKey)).toBe(false);
    expect(renewed.checkPrivateKey(createPrivateKey(after.key))).toBe(true);
    expect(renewed.subjectAltName).toBe(old.subjectAltName);
    expect(after.crl).toMatch(/^-----BEGIN X509 CRL-----/);
    expect(after.origin).toEqual(before.origin);
    // Nothing but the certificate of the connection says who asked.
    expect(scene.events.at(-1)).toMatchObject({ what: 'renewed', name: 'keyed', serial: renewed.serialNumber.toLowerCase() });
    expect((await readdir(join(stateDirectory, 'tls'))).sort()).toEqual([
      'agent-key.pem',
      'agent.pem',
      'ca.pem',
      'crl.pem',
      'enrolment.json',
    ]);
  });

  it('from the files that a new enrolment put there', async () => {
    await enrolled('replaced');
    const { log, lines } = keptLog();
    let replaced = false;
    const clock = virtualClock(() => lines.length > 0);
    const sleep = async (ms: number, signal: AbortSignal): Promise<void> => {
      if (!replaced && clock.sleeps.length === 5) {
        replaced = true;
        await enrolled('replacement');
      }
      return clock.sleep(ms, signal);
    };
    renewal = startRenewal({ stateDirectory, log, clock: { now: clock.now, sleep }, random: () => 0 });
    await clock.done;
    expect(scene.events.at(-1)).toMatchObject({ what: 'renewed', name: 'replacement' });
  });
});

describe('a renewal that fails leaves the files, and is tried again', () => {
  /** Waits after failures: those that follow the last look before the renewal. */
  const retries = (clock: VirtualClock, failures: number): number[] => clock.sleeps.slice(-failures);

  it('when the server is down, less and less often', async () => {
    await enrolled('down', '127.0.0.1:1');
    const before = await readAll();
    const { clock, lines } = await renewUntil(9, 1);
    expect(lines).toHaveLength(9);
    expect(lines[0]).toMatchObject({
      level: 50,
      code: 'UNREACHABLE',
      failures: 1,
      retryInSeconds: 60,
      msg: expect.stringMatching(/not renewed: .*ECONNREFUSED/),
    });
    expect(retries(clock, 9).map((ms) => ms / 60_000)).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
    expect(await readAll()).toBe(before);
  });

  it('at random moments of the second half of the waiting time', async () => {
    await enrolled('jitter', '127.0.0.1:1');
    const { clock } = await renewUntil(3, 0);
    expect(retries(clock, 3).map((ms) => ms / 60_000)).toEqual([0.5, 1, 2]);
  });

  it('when the certificate was revoked: the log says so', async () => {
    await enrolled('lost');
    await revoke(scene.pki, { nameOrSerial: 'lost' }, { reason: 'keyCompromise', now: new Date() });
    const before = await readAll();
    const { lines } = await renewUntil(1);
    expect(lines[0]).toMatchObject({ code: 'REFUSED', msg: expect.stringMatching(/CERTIFICATE_REVOKED/) });
    expect(await readAll()).toBe(before);
  });

  it('when others can read the key', async () => {
    await enrolled('open');
    await chmod(files.key, 0o644);
    const { lines } = await renewUntil(1);
    expect(lines[0]).toMatchObject({ code: 'FILES', remedy: expect.stringContaining(`chmod 600 "${files.key}"`) });
  });

  it('when the files are gone', async () => {
    const { lines } = await renewUntil(1);
    expect(lines[0]).toMatchObject({ code: 'FILES', remedy: expect.stringContaining('routefleet-agent enroll') });
  });

  it.each([
    ['for another agent', 'other', /not for the agent "badly"/],
    ['for another key', 'badly', /for another key/],
  ])('when the answer is %s', async (_what, name, message) => {
    const { certificate: cert, key } = await makeIdentity(scene.pki, { kind: 'agent', name: 'ctl', ipAddresses: ['127.0.0.1'] });
    // Certifies the key of the request for whomever it likes.
    const server = createServer({ cert: cert + scene.ca, key, ca: scene.ca, requestCert: true }, (socket) => {
      socket.on('error', () => {});
      let received = '';
      socket.on('data', async (data) => {
        received += data;
        const [, body] = received.split('\r\n\r\n');
        if (!body?.endsWith('}')) return;
        const { certificate } = await certify(name, JSON.parse(body).request, name === 'badly');
        const text = JSON.stringify({ certificate, ca: scene.ca, crl: '' });
        socket.end(`HTTP/1.1 200 OK\r\ncontent-length: ${text.length}\r\n\r\n${text}`);
      });
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as { port: number };
    await enrolled('badly', `127.0.0.1:${port}`);
    const before = await readAll();
    const { lines } = await renewUntil(1);
    server.close();
    expect(lines[0]).toMatchObject({ code: 'BAD_ANSWER', msg: expect.stringMatching(message) });
    expect(await readAll()).toBe(before);
  });

  async function certify(name: string, request: string, otherKey: boolean): Promise<{ readonly certificate: string }> {
    if (otherKey) return makeIdentity(scene.pki, { kind: 'agent', name });
    const { checkRequest } = await import('../../../client/pki/check-request.js');
    const { issueCertificate } = await import('../../../client/pki/issue.js');
    const publicKey = await checkRequest(request, { kind: 'agent', name: 'badly' });
    return issueCertificate(scene.pki, { subject: { kind: 'agent', name }, publicKey, lifetimeMs: dayMs, now: new Date() });
  }
});

describe('files that are replaced', () => {
  const texts = async (name: string, server: string) => {
    const { certificate, key } = await makeIdentity(scene.pki, { kind: 'agent', name });
    return { certificate, key, ca: scene.ca, crl: '', enrolment: JSON.stringify({ server, name }) };
  };

  it('always belong together, at whatever call the agent dies', async () => {
    const [old, next] = [await texts('old', 'a:1'), await texts('next', 'b:2')];
    await installEnrolment(stateDirectory, old);
    const seen = new Set<string>();
    for (let nth = 1; ; nth += 1) {
      const copy = join(scene.directory, `crash-${nth}`);
      await cp(stateDirectory, copy, { recursive: true });
      const { crashed } = await crashAt(nth, () => installEnrolment(copy, next));
      const found = await findEnrolment(copy);
      const read = await readEnrolment(found ?? enrolmentFiles(copy));
      expect(new X509Certificate(read.certificate).checkPrivateKey(createPrivateKey(read.key))).toBe(true);
      expect([old.certificate, next.certificate]).toContain(read.certificate);
      expect(read.origin.name).toBe(read.certificate === old.certificate ? 'old' : 'next');
      seen.add(read.origin.name);
      // What an interrupted replacement left is in nobody's way.
      await installEnrolment(copy, old);
      expect((await readEnrolment(enrolmentFiles(copy))).certificate).toBe(old.certificate);
      await rm(copy, { recursive: true });
      if (!crashed) break;
    }
    expect([...seen]).toEqual(['old', 'next']);
  });

  it('stay as they are when the disk is full, and nothing is left beside them', async () => {
    const [old, next] = [await texts('old', 'a:1'), await texts('next', 'b:2')];
    await installEnrolment(stateDirectory, old);
    const before = await readAll();
    const tls = join(stateDirectory, 'tls');
    const { crashed } = await crashAt(9, () => installEnrolment(stateDirectory, next), 'ENOSPC');
    expect(crashed).toBe(true);
    expect(await readAll()).toBe(before);
    // One new file cannot be written, since a directory stands there; cleaning up works.
    await mkdir(`${files.enrolment}.new`);
    await writeFile(join(`${files.enrolment}.new`, 'x'), '');
    await expect(installEnrolment(stateDirectory, next)).rejects.toMatchObject({ code: 'FILES' });
    expect(await readAll()).toBe(before);
    expect((await readdir(tls)).filter((name) => name.startsWith('agent'))).toEqual(['agent-key.pem', 'agent.pem']);
  });
});
