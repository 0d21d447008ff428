import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listTokens } from '../../../client/enroll/tokens.js';
import { createCertificateRequest } from '../../../proto/certificate-request.js';
import { createEnrolmentScene, type EnrolmentScene } from '../enroll/enrolment-scene.js';
import { eventually } from '../support/eventually.js';
import { type CliRun, run, start } from './run.js';

let scene: EnrolmentScene;
beforeAll(async () => {
  scene = await createEnrolmentScene();
});
afterAll(() => scene?.close());

function enroll(...args: readonly string[]): Promise<CliRun> {
  return run(['enroll', ...args, '--pki-dir', scene.pki]);
}

describe('routefleet enroll token', () => {
  it('makes a token, shows it once, and how the host uses it', async () => {
    const { code, stdout, stderr } = await enroll(
      'token',
      'create',
      'WEB1',
      '--dns',
      'web1.example.net',
      '--server',
      'ctl.example.net:7421',
    );
    expect([code, stderr]).toEqual([0, '']);
    const [, secret = ''] = /^token for web1 until .* UTC, shown this once:\n([\w-]{43})\n/.exec(stdout) ?? [];
    expect(stdout).toContain(`\nroutefleet-agent enroll --server ctl.example.net:7421 --ca-pin ${scene.pin} --token ${secret}\n`);
    const list = await enroll('token', 'list');
    expect(list.stdout).toMatch(/^ID +HOST +UNTIL +REACHED AS\n[\da-f]{12} +web1 +20.* UTC +web1\.example\.net\n$/);
    expect(list.stdout).not.toContain(secret);
    const { request } = await createCertificateRequest({ kind: 'agent', name: 'web1' });
    expect((await scene.post('/v1/enroll', { token: secret, request })).status).toBe(200);
    expect((await enroll('token', 'list', '-o', 'json')).stdout).toBe('[]\n');
  });

  it('takes tokens back, by host or by the beginning of their id', async () => {
    for (const name of ['db1', 'db1', 'db2']) await enroll('token', 'create', name);
    expect((await enroll('token', 'withdraw', 'DB1')).stdout).toMatch(/^(withdrawn: token [\da-f]{12} for db1\n){2}$/);
    const [{ id = '' } = {}] = await listTokens(scene.pki);
    expect((await enroll('token', 'withdraw', id.slice(0, 12))).stdout).toBe(`withdrawn: token ${id.slice(0, 12)} for db2\n`);
    expect(await enroll('token', 'withdraw', 'db1')).toMatchObject({
      code: 64,
      stderr: expect.stringMatching(/no unused token for "db1" \(NOT_FOUND\)/),
    });
  });

  it.each([
    ['a name that is none', ['token', 'create', 'web 1'], 64, /the name "web 1"/],
    [
      'a time that is too long',
      ['token', 'create', 'web1', '--expires-in', '31d'],
      64,
      /"31d" for --expires-in is above 30 days\. Remedy: give 30d/,
    ],
    ['a time that is none', ['token', 'create', 'web1', '--expires-in', '1w'], 64, /"1w" for --expires-in/],
    ['to listen nowhere', ['serve', '--listen', '7421'], 64, /"7421" for --listen is not host:port\. Remedy: /],
    [
      'a server name that is none',
      ['serve', '--listen', '127.0.0.1:0', '--server-name', '*.example.net'],
      64,
      /"\*\.example\.net" is no DNS name/,
    ],
  ])('refuses %s', async (_what, args, code, message) => {
    const result = await enroll(...args);
    expect(result.stderr).toMatch(message);
    expect([result.code, result.stdout]).toEqual([code, '']);
  });

  it('needs an authority', async () => {
    for (const args of [
      ['token', 'create', 'web1'],
      ['token', 'list'],
      ['serve', '--listen', '127.0.0.1:0'],
    ]) {
      expect(await run(['enroll', ...args, '--pki-dir', '/no/pki'])).toMatchObject({
        code: 64,
        stderr: expect.stringContaining('(NO_AUTHORITY)'),
      });
    }
  });
});

describe('routefleet enroll serve', () => {
  it('serves until it is interrupted, and tells what it did', async () => {
    const interruption = new AbortController();
    const args = ['enroll', 'serve', '--pki-dir', scene.pki, '--listen', '127.0.0.1:0', '--server-name', '127.0.0.1', '--valid-for', '2d'];
    const running = start(args, { signal: interruption.signal });
    await eventually(() => running.stdout).toContain('pin: ');
    const port = Number(/^enrolling at 127\.0\.0\.1:(\d+) as 127\.0\.0\.1\npin: sha256:/.exec(running.stdout)?.[1]);
    const { secret } = await scene.token({ name: 'web5' });
    const { request } = await createCertificateRequest({ kind: 'agent', name: 'web5' });
    expect((await scene.post('/v1/enroll', { token: secret, request }, { port })).status).toBe(200);
    expect((await scene.post('/v1/enroll', { token: secret, request }, { port })).status).toBe(403);
    interruption.abort();
    const { code, stdout } = await running.ended;
    expect(stdout).toMatch(/\n\S+Z enrolled web5 from 127\.0\.0\.1, serial number [\da-f]{32}, until 20.* UTC\n/);
    expect(stdout).toMatch(/\n\S+Z refused 127\.0\.0\.1: the token was used \(TOKEN_USED\)\.\n$/);
    expect(stdout).not.toContain(secret);
    expect(code).toBe(0);
  });

  it('says so when the address is taken', async () => {
    const blocker = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => blocker.once('listening', resolve));
    const { port } = blocker.address() as { port: number };
    const { code, stderr } = await enroll('serve', '--listen', `127.0.0.1:${port}`);
    blocker.close();
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/nothing can listen at 127\.0\.0\.1:\d+ \(EADDRINUSE\) \(UNUSABLE\)\. Remedy: give another --listen/),
    ]);
  });
});
