import { readFile } from 'node:fs/promises';
import { Agent, request } from 'node:https';
import { join } from 'node:path';
import type { SecureContextOptions } from 'node:tls';
import {
  type EnrolmentEvent,
  type EnrolmentServer,
  type EnrolmentServerOptions,
  startEnrolmentServer,
} from '../../../client/enroll/server.js';
import { createToken, type NewToken } from '../../../client/enroll/tokens.js';
import { readAuthorities } from '../../../client/pki/authority.js';
import { type AuthorityScene, createAuthorityScene, dayMs } from '../pki/authority-scene.js';

/** What a server answers. */
export interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, string>>;
}

/** An authority with an enrolment server on loopback. */
export interface EnrolmentScene extends AuthorityScene {
  readonly server: EnrolmentServer;
  /** "127.0.0.1:54321" */
  readonly address: string;
  /** Of the authority. */
  readonly pin: string;
  readonly ca: string;
  /** What the server told so far. */
  readonly events: readonly EnrolmentEvent[];
  /** For the host "web1", for an hour, unless said otherwise. */
  token(options?: { readonly name?: string; readonly lifetimeMs?: number; readonly now?: Date }): Promise<NewToken>;
  /** Posts JSON, or a text as it is. */
  post(path: string, body: object | string, options?: PostOptions): Promise<Answer>;
}

/** How to post. */
export interface PostOptions extends Pick<SecureContextOptions, 'ca' | 'cert' | 'key'> {
  /** Of another server. */
  readonly port?: number;
  /** Shared connections; default is a new one. */
  readonly agent?: Agent;
}

/** Starts one. */
export async function createEnrolmentScene(options: Partial<EnrolmentServerOptions> = {}): Promise<EnrolmentScene> {
  const scene = await createAuthorityScene();
  const events: EnrolmentEvent[] = [];
  const server = await startEnrolmentServer({
    pki: scene.pki,
    listen: { host: '127.0.0.1', port: 0 },
    names: ['127.0.0.1', 'localhost'],
    lifetimeMs: 90 * dayMs,
    notify: (event) => events.push(event),
    ...options,
  });
  const [{ pin }] = await readAuthorities(scene.pki);
  const ca = await readFile(join(scene.pki, 'bundle.pem'), 'utf8');
  return {
    ...scene,
    server,
    address: `127.0.0.1:${server.port}`,
    pin,
    ca,
    events,
    token: ({ name = 'web1', lifetimeMs = 3_600_000, now = new Date() } = {}) => createToken(scene.pki, { name, lifetimeMs, now }),
    post: (path, body, { port = server.port, ...more } = {}) => post({ ca, port, path, body, ...more }),
    async close() {
      await server.close();
      await scene.close();
    },
  };
}

interface Post extends PostOptions {
  readonly port: number;
  readonly path: string;
  readonly body: object | string;
}

function post({ port, path, body, ...tls }: Post): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const call = request(
      { host: '127.0.0.1', port, path, method: 'POST', agent: new Agent({ maxCachedSessions: 0 }), ...tls },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk) => {
          text += chunk;
        });
        response.once('end', () => resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) }));
      },
    );
    call.once('error', reject);
    call.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
}
