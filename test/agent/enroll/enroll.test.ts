import { spawn } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ConfigError } from '../../../agent/config-error.js';
import { enroll } from '../../../agent/enroll/enroll.js';
import { runEnroll } from '../../../agent/enroll/enroll-command.js';
import { enrolmentFiles } from '../../../agent/enroll/enrolment-files.js';
import { parseServer } from '../../../agent/enroll/server-address.js';
import { startTestAgent } from '../../../agent/testing.js';
import { connect as connectClient } from '../../../client/index.js';
import { createEnrolmentScene, type EnrolmentScene } from '../../client/enroll/enrolment-scene.js';
import { dayMs, makeIdentity } from '../../client/pki/authority-scene.js';
import { failure } from './enroll-failure.js';

let scene: EnrolmentScene;
let stateDirectory: string;
let count = 0;
beforeAll(async () => {
  scene = await createEnrolmentScene();
});
beforeEach(() => {
  count += 1;
  stateDirectory = join(scene.directory, `state-${count}`);
});
afterAll(() => scene?.close());

const options = (token: string) => ({ server: parseServer(scene.address), pin: scene.pin, token, name: 'web1', stateDirectory });

describe('an enrolment', () => {
  it('gives the agent files with which it serves mutual TLS, for its user alone', async () => {
    const { secret } = await scene.token();
    const { name, notAfter } = await enroll(options(secret));
    expect([name, Math.round((notAfter.getTime() - Date.now()) / dayMs)]).toEqual(['web1', 90]);
    const files = enrolmentFiles(stateDirectory);
    expect((await readdir(join(stateDirectory, 'tls'))).sort()).toEqual([
      'agent-key.pem',
      'agent.pem',
      'ca.pem',
      'crl.pem',
      'enrolment.json',
    ]);
    for (const path of Object.values(files)) expect([path, (await stat(path)).mode & 0o777]).toEqual([path, 0o600]);
    expect((await stat(join(stateDirectory, 'tls'))).mode & 0o777).toBe(0o700);
    expect(JSON.parse(await readFile(files.enrolment, 'utf8'))).toEqual({ server: scene.address, name: 'web1' });

    const [certificate, key, ca] = await Promise.all([files.certificate, files.key, files.ca].map((path) => readFile(path, 'utf8')));
    const agent = await startTestAgent({ tls: { certificate: certificate ?? '', key: key ?? '', ca: ca ?? '' } });
    const alice = await makeIdentity(scene.pki, { kind: 'controller', name: 'alice' });
    const client = connectClient({
      address: agent.address,
      tls: { ca: scene.ca, certificate: alice.certificate, key: alice.key, serverName: 'web1' },
    });
    expect((await client.getAgent()).hostName).toBe('office');
    client.close();
    await agent.close();
  });

  it('makes the key itself: neither the server nor its directory has it', async () => {
    const { secret } = await scene.token();
    await enroll(options(secret));
    const key = await readFile(enrolmentFiles(stateDirectory).key, 'utf8');
    const certificate = new X509Certificate(await readFile(enrolmentFiles(stateDirectory).certificate));
    expect(certificate.checkPrivateKey(createPrivateKey(key))).toBe(true);
    const entries = await readdir(scene.pki, { recursive: true, withFileTypes: true });
    const texts = await Promise.all(
      entries.filter((each) => each.isFile()).map((each) => readFile(join(each.parentPath, each.name), 'utf8')),
    );
    expect(texts.length).toBeGreaterThan(3);
    expect(texts.join('\n')).not.toContain(key.split('\n')[1]);
  });

  it.each([
    ['another host', 'web2', /refuses \(NAME_MISMATCH\): the request names "CN=web2", .* agent "web1"/],
    ['a used token', 'used', /refuses \(TOKEN_USED\): the token was used/],
    ['an expired token', 'late', /refuses \(TOKEN_EXPIRED\): the token for late ended on/],
    ['a token that is none', 'none', /refuses \(TOKEN_UNKNOWN\): there is no such token/],
  ])('is refused to %s: the error is the words of the server, without the token, and nothing is kept', async (_what, name, message) => {
    const token = await scene.token({ name: name === 'web2' ? 'web1' : name, ...(name === 'late' && { now: new Date(0) }) });
    const secret = name === 'none' ? 'A'.repeat(43) : token.secret;
    if (name === 'used') await enroll({ ...options(secret), name, stateDirectory: `${stateDirectory}-first` });
    const error = await failure(enroll({ ...options(secret), name }));
    expect(error).toMatchObject({ code: 'REFUSED', message: expect.stringMatching(message), remedy: expect.stringMatching(/\w/) });
    expect(`${error.stack} ${JSON.stringify(error)} ${error.remedy}`).not.toContain(secret);
    expect(await readdir(stateDirectory).catch(() => [])).toEqual([]);
  });

  it('says who cannot be reached', async () => {
    const error = await failure(enroll({ ...options('x'), server: { host: '127.0.0.1', port: 1 } }));
    expect(error).toMatchObject({ code: 'UNREACHABLE', message: expect.stringContaining('127.0.0.1:1 cannot be reached (ECONNREFUSED)') });
  });

  it('does not wait for ever for a server that is silent', async () => {
    const { createServer: createTcpServer } = await import('node:net');
    const silent = createTcpServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => silent.once('listening', resolve));
    const { port } = silent.address() as { port: number };
    const error = await failure(enroll({ ...options('x'), server: { host: '127.0.0.1', port }, timeoutMs: 100 }));
    silent.close();
    expect(error).toMatchObject({ code: 'UNREACHABLE', message: expect.stringContaining('no TLS handshake within 100 ms') });
  });
});

describe('an answer', () => {
  it.each([
    ['for another key', (own: string, other: string) => ({ certificate: other, ca: own }), /for another key/],
    ['that holds no certificate', () => ({ certificate: 'none' }), /holds no certificate/],
    ['with a certificate that is none', () => ({ certificate: 'none', ca: 'none', crl: '' }), /cannot be read/],
    ['that is no JSON', () => 'hello', /holds no certificate/],
  ])('%s is not kept', async (_what, answerOf, message) => {
    const { certificate } = await makeIdentity(scene.pki, { kind: 'agent', name: 'web1' });
    const { certificate: cert, key } = await makeIdentity(scene.pki, { kind: 'agent', name: 'ctl', ipAddresses: ['127.0.0.1'] });
    const answer = answerOf(scene.ca, certificate);
    const text = JSON.stringify(typeof answer === 'string' ? answer : { crl: '', ...answer });
    const server = createServer({ cert: cert + scene.ca, key }, (socket) => {
      socket.on('error', () => {});
      socket.once('data', () => socket.end(`HTTP/1.1 200 OK\r\ncontent-length: ${text.length}\r\n\r\n${text}`));
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as { port: number };
    const error = await failure(enroll({ ...options('x'), server: { host: '127.0.0.1', port } }));
    server.close();
    expect(error).toMatchObject({ code: 'BAD_ANSWER', message: expect.stringMatching(message) });
    expect(await readdir(stateDirectory).catch(() => [])).toEqual([]);
  });
});

describe('routefleet-agent enroll', () => {
  const args = (more: readonly string[] = []) => [
    '--server',
    scene.address,
    '--ca-pin',
    scene.pin,
    '--name',
    'web1',
    '--state-dir',
    stateDirectory,
    ...more,
  ];

  it('takes the token from a file or the environment, and enrolls once unless it is forced; --keep is content with that', async () => {
    const tokens = await Promise.all([scene.token(), scene.token()]);
    const file = join(scene.directory, 'token');
    await writeFile(file, `${tokens[0].secret}\n`);
    expect(await runEnroll(args(['--token-file', file]), {})).toMatch(/^enrolled as web1 until 20/);
    const environment = { ROUTEFLEET_AGENT_ENROLL_TOKEN: tokens[1].secret };
    await expect(runEnroll(args(), environment)).rejects.toThrow(/agent\.pem is there: this agent enrolled already/);
    expect(await runEnroll(args(['--keep']), environment)).toMatch(/agent\.pem is there: this agent enrolled already\n$/);
    expect(await runEnroll(args(['--force']), environment)).toMatch(/^enrolled as web1 until 20/);
  });

  it.each([
    ['a pin that is none', ['--ca-pin', 'sha256:12'], /"sha256:12" is no SHA-256/],
    ['a server that is none', ['--server', 'https://ctl'], /"https:\/\/ctl" is not host:port/],
    ['a name that is none', ['--name', 'web 1'], /the name "web 1"/],
    ['no token', [], /no token is given/],
    ['a token file that is not there', ['--token-file', '/no/token'], /--token-file: ENOENT/],
  ])('refuses %s', async (_what, more, message) => {
    const error: unknown = await runEnroll(args(more), {}).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ConfigError);
    expect((error as ConfigError).message).toMatch(message);
    expect((error as ConfigError).remedy).toMatch(/\w/);
  });

  it('ends with 0, 1 or 69, and does not tell the token', async () => {
    const { secret } = await scene.token();
    const start = (more: readonly string[]) => {
      const child = spawn(process.execPath, ['--import', 'tsx', 'agent/main.ts', 'enroll', ...more], { stdio: ['ignore', 'pipe', 'pipe'] });
      let text = '';
      for (const stream of [child.stdout, child.stderr]) {
        stream.on('data', (data) => {
          text += data;
        });
      }
      return new Promise<[number | null, string]>((resolve) => child.on('close', (code) => resolve([code, text])));
    };
    const enrolled = await start(args(['--token', secret]));
    const [refused, unreachable] = await Promise.all([
      start(args(['--token', secret, '--force'])),
      start(args(['--token', secret, '--force', '--server', '127.0.0.1:1'])),
    ]);
    expect(enrolled).toEqual([0, expect.stringMatching(/^enrolled as web1 until /)]);
    expect(refused).toEqual([1, expect.stringMatching(/refuses \(TOKEN_USED\): the token was used \(REFUSED\)\. Remedy: /)]);
    expect(unreachable).toEqual([
      69,
      expect.stringMatching(/127\.0\.0\.1:1 cannot be reached \(ECONNREFUSED\) \(UNREACHABLE\)\. Remedy: /),
    ]);
    for (const [, text] of [enrolled, refused, unreachable]) expect(text).not.toContain(secret);
  });
});
