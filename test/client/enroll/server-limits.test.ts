import { connect as connectPlain } from 'node:net';
import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEnrolmentScene, type EnrolmentScene } from './enrolment-scene.js';

let scene: EnrolmentScene;
beforeAll(async () => {
  scene = await createEnrolmentScene();
});
afterAll(() => scene?.close());

describe('what a server does not take', () => {
  it.each([
    ['no JSON', 'token=x', /not JSON/],
    ['another member', { token: 'x', request: 'y', name: 'web2' }, /not JSON with the members/],
    ['no token', { request: 'y' }, /not JSON with the members/],
    ['a body that is too large', { token: 'x', request: 'y'.repeat(70_000) }, /larger than 65536 bytes/],
  ])('is %s', async (_what, body, message) => {
    const answer = await scene.post('/v1/enroll', body);
    expect(answer).toMatchObject({ status: 400, body: { code: 'BAD_REQUEST' } });
    expect(answer.body.message).toMatch(message);
  });

  it('is another path', async () => {
    expect(await scene.post('/v1/tokens', {})).toMatchObject({
      status: 400,
      body: { code: 'BAD_REQUEST', remedy: expect.stringContaining('/v1/renew') },
    });
  });

  /** Sends a text as it is, and returns all that comes back until the connection ends. */
  async function raw(port: number, text: string, more?: () => string): Promise<string> {
    const socket = connect({ host: '127.0.0.1', port, ca: scene.ca, rejectUnauthorized: false });
    await new Promise((resolve) => socket.once('secureConnect', resolve));
    let received = '';
    socket.setEncoding('utf8').on('data', (data) => {
      received += data;
    });
    socket.on('error', () => {});
    const timer = more && setInterval(() => socket.write(more()), 20);
    socket.write(text);
    await new Promise((resolve) => socket.once('close', resolve));
    clearInterval(timer);
    return received;
  }

  const head = 'POST /v1/enroll HTTP/1.1\r\nhost: x\r\n';

  it('is a body without length that is too large', async () => {
    const chunk = `4000\r\n${'x'.repeat(0x4000)}\r\n`;
    expect(await raw(scene.server.port, `${head}transfer-encoding: chunked\r\n\r\n${chunk.repeat(5)}`)).toMatch(
      /^HTTP\/1\.1 400 [\s\S]*larger than/,
    );
  });

  it('is a body, a header or a handshake that comes too slowly: the connection is ended', async () => {
    const slow = await createEnrolmentScene({ requestTimeoutMs: 400 });
    expect(await raw(slow.server.port, `${head}content-length: 5000\r\n\r\n`, () => 'x')).toMatch(/^HTTP\/1\.1 408 /);
    expect(await raw(slow.server.port, head, () => 'x')).toMatch(/^HTTP\/1\.1 408 /);
    expect(await raw(slow.server.port, '')).toMatch(/^(HTTP\/1\.1 408 [\s\S]*)?$/);
    const silent = connectPlain(slow.server.port, '127.0.0.1').on('error', () => {});
    await new Promise((resolve) => silent.once('close', resolve));
    expect(slow.events.filter(({ what }) => what !== 'refused')).toEqual([]);
    await slow.close();
  });

  it('is TLS 1.2', async () => {
    const socket = connect({ host: '127.0.0.1', port: scene.server.port, ca: scene.ca, maxVersion: 'TLSv1.2' });
    const error = await new Promise<NodeJS.ErrnoException>((resolve) => socket.once('error', resolve));
    expect(error.code).toBe('ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION');
  });
});
