import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestAgent } from '../../../agent/testing.js';
import { createTestPki } from '../../support/pki.js';
import { startFleet, type TestFleet } from '../test-fleet.js';
import { run } from './run.js';

let fleet: TestFleet;
beforeAll(async () => {
  fleet = await startFleet({ web1: {} });
});
afterAll(() => fleet?.close());

describe('the wrong certificate', () => {
  const list = (...args: string[]) => run(['agent', 'info', '--address', fleet.addressOf('web1'), ...args]);

  it('of the agent: its CA is not the one that is trusted', async () => {
    const other = await createTestPki();
    const ca = await fleet.write('other-ca.pem', other.ca);
    const { code, stderr } = await list(...fleet.tlsArgs, '--tls-ca', ca);
    expect(stderr).toMatch(
      /^error: the certificate of 127\.0\.0\.1:\d+ is not from a trusted CA \(TLS_REFUSED\)\. Remedy: give the CA certificate/,
    );
    expect(code).toBe(1);
  });

  it.each([
    ['of another CA', async () => (await createTestPki()).issueClient({ name: 'stranger' })],
    ['for servers', () => fleet.pki.issueServer({ name: 'server', dnsNames: ['server'] })],
  ])('of the client: one %s', async (_what, issue) => {
    const { certificate, key } = await fleet.pki.writeTo(fleet.directory, 'bad-client', await issue());
    const { code, stdout, stderr } = await list('--tls-ca', fleet.files.ca, '--tls-cert', certificate, '--tls-key', key);
    expect(stderr).toMatch(/^error: 127\.0\.0\.1:\d+ .*client certificate.* \(TLS_REFUSED\)\. Remedy: .*client certificate/);
    expect([code, stdout]).toEqual([1, '']);
  });

  it.each([
    [
      'expired',
      /error: the client certificate "\S+\/dated\.pem" \(CN=dated\) expired on \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ \(INVALID_CREDENTIALS\)\. Remedy: renew it/,
    ],
    [
      'notYetValid',
      /error: the client certificate "\S+\/dated\.pem" \(CN=dated\) is not valid before \S+Z \(INVALID_CREDENTIALS\)\. Remedy: wait until then/,
    ],
  ] as const)('of the client: one that is %s, before it is sent', async (validity, told) => {
    const { certificate, key } = await fleet.pki.writeTo(
      fleet.directory,
      'dated',
      await fleet.pki.issueClient({ name: 'dated', validity }),
    );
    const ran = await list('--tls-ca', fleet.files.ca, '--tls-cert', certificate, '--tls-key', key);
    expect(ran).toEqual({ code: 64, stdout: '', stderr: expect.stringMatching(told) });
  });

  it('of the client: a key that is not its own', async () => {
    const { key } = await fleet.pki.writeTo(fleet.directory, 'other', await fleet.pki.issueClient({ name: 'other' }));
    expect(await list(...fleet.tlsArgs, '--tls-key', key)).toMatchObject({
      code: 64,
      stderr: expect.stringMatching(/key does not belong to the client certificate \(INVALID_CREDENTIALS\)\. Remedy: /),
    });
  });

  it('for another name', async () => {
    expect(await list(...fleet.tlsArgs, '--tls-server-name', 'web9.example.net')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/is for another host name \(TLS_REFUSED\)\. Remedy: connect by a name/),
    });
  });

  it('of the agent: one that has expired', async () => {
    const server = await fleet.pki.issueServer({ name: 'late', ipAddresses: ['127.0.0.1'], validity: 'expired' });
    const late = await startTestAgent({ tls: { ...server, ca: fleet.pki.ca } });
    const { code, stderr } = await run(['agent', 'info', '--address', late.address, ...fleet.tlsArgs]);
    await late.close();
    expect(stderr).toMatch(/the certificate of 127\.0\.0\.1:\d+ has expired \(TLS_REFUSED\)\. Remedy: renew the certificate of the agent/);
    expect(code).toBe(1);
  });
});

describe('plaintext', () => {
  it.each(['10.0.0.1:7420', 'web1.example.net', '[2001:db8::1]:7420', '127.example.net'])('is refused to %s', async (address) => {
    const { code, stderr } = await run(['routes', 'list', '--address', address, '--insecure']);
    expect(stderr).toMatch(/^error: plaintext to .* is refused.*\(PLAINTEXT_REFUSED\)\. Remedy: use TLS/);
    expect(code).toBe(64);
  });

  it('to an agent that speaks TLS says so', async () => {
    const { code, stderr } = await run(['routes', 'list', '--address', fleet.addressOf('web1'), '--insecure']);
    expect(stderr).toMatch(/\(TLS_REFUSED\)\. Remedy: give CA, certificate and key/);
    expect(code).toBe(1);
  });

  it('works on loopback when the agent speaks it', async () => {
    const agent = await startTestAgent({ profile: 'ipv4-only' });
    const { code, stdout } = await run(['agent', 'info', '--address', agent.address, '--insecure', '-o', 'ndjson']);
    expect(JSON.parse(stdout)).toMatchObject({ hostName: 'ipv4-only' });
    expect(code).toBe(0);
    expect(await run(['agent', 'info', '--address', agent.address, ...fleet.tlsArgs])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/does not speak TLS \(TLS_REFUSED\)\. Remedy: check the port/),
    });
    await agent.close();
  });
});
