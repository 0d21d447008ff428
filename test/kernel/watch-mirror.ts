import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { type ClientHttp2Session, connect as connectHttp2 } from 'node:http2';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ChannelCredentials, credentials } from '@grpc/grpc-js';
import { connect } from '../../client/connect.js';
import type { Route } from '../../client/model/route.js';
import type { RouteClient } from '../../client/route-client.js';
import { routeKeyText } from '../../client/route-key-text.js';
import type { MirrorChange, RouteMirror } from '../../client/route-mirror.js';
import { writeAgentTls } from '../support/agent-tls.js';
import { buildKernelRig, createKernelHost, type KernelAgent, type KernelHost } from '../support/kernel-rig.js';
import { createTestPki } from '../support/pki.js';
import { connectWire, type Wire } from '../support/wire.js';

/** A kernel host whose agent is reached through the SDK. */
export interface MirroredHost {
  readonly host: KernelHost;
  /** Starts an agent, after the first at the same port and on the same state directory. */
  startAgent(...args: string[]): Promise<KernelAgent>;
  /** To where the last agent is, or will be again. */
  connectSdk(): RouteClient;
  connectWire(): Wire;
  /** A bare HTTP/2 connection, for what a gRPC client does not do, such as to drop it. */
  connectHttp2(): ClientHttp2Session;
  remove(): Promise<void>;
}

/** Makes the host; the agent is for the caller to start. */
export async function createMirroredHost(): Promise<MirroredHost> {
  const host = await createKernelHost();
  const address = `${host.subnet}.2`;
  const directory = mkdtempSync(join(tmpdir(), 'routefleet-mirror-'));
  const pki = await createTestPki();
  const server = await pki.issueServer({ name: 'agent', dnsNames: ['agent'], ipAddresses: [address] });
  const tls = await writeAgentTls(pki, directory, server);
  const client = await pki.issueClient({ name: 'test' });
  const channel: ChannelCredentials = credentials.createSsl(Buffer.from(pki.ca), Buffer.from(client.key), Buffer.from(client.certificate));
  let listen = `${address}:0`;
  return {
    host,
    async startAgent(...more) {
      // The last of equal options counts.
      const args = [...tls, '--listen', listen, ...more];
      const agent = await host.startAgent({ library: await buildKernelRig(), args, stateDir: join(directory, 'state') });
      listen = agent.address;
      return agent;
    },
    connectSdk: () => connect({ address: listen, tls: { ca: pki.ca, ...client } }),
    connectWire: () => connectWire(listen, channel, { 'grpc.ssl_target_name_override': 'agent', 'grpc.use_local_subchannel_pool': 1 }),
    connectHttp2: () => connectHttp2(`https://${listen}`, { ca: pki.ca, cert: client.certificate, key: client.key, servername: 'agent' }),
    async remove() {
      await host.remove();
      await rm(directory, { recursive: true });
    },
  };
}

/** What a mirror told. */
export interface MirrorLog {
  /** Names of the events in order, with what tells them apart; runs of "changed" are one. */
  readonly events: readonly string[];
  readonly changes: readonly MirrorChange[];
  /** The rows as the events alone make them, from the first complete state on. */
  readonly rows: ReadonlyMap<string, Route>;
  /** Changes that did not fit the rows: the row before was another, or revisions went back without a resync. */
  readonly broken: readonly string[];
}

/** Follows what a mirror tells from now on; `ready` must be awaited before anything changes. */
export function logMirror(mirror: RouteMirror): MirrorLog {
  const events: string[] = [];
  const changes: MirrorChange[] = [];
  const rows = new Map<string, Route>();
  const broken: string[] = [];
  let revision = 0n;
  const note = (event: string): void => {
    if (events.at(-1) !== event) events.push(event);
  };
  mirror.ready.then(() => {
    for (const [key, route] of mirror.routes) rows.set(key, route);
  });
  mirror.on('established', () => note('established'));
  mirror.on('synchronized', ({ resumed }) => note(resumed ? 'resumed' : 'synchronized'));
  mirror.on('resync', (reason) => {
    note(`resync ${reason}`);
    revision = 0n;
  });
  mirror.on('disconnected', ({ error }) => note(`disconnected ${error.reason}`));
  mirror.on('closed', (error) => note(`closed ${error?.reason ?? ''}`));
  mirror.on('changed', (told) => {
    note(told.some(({ missed }) => missed) ? 'missed' : 'changed');
    for (const change of told) {
      changes.push(change);
      const { route, previous, missed } = change;
      const row = route ?? previous;
      if (row === undefined) continue;
      const key = routeKeyText(row);
      if (rows.get(key)?.metric !== previous?.metric) broken.push(`${key}: ${rows.get(key)?.metric}, not ${previous?.metric}`);
      if (!missed && change.revision <= revision) broken.push(`${key}: ${change.revision} after ${revision}`);
      if (!missed) revision = change.revision;
      if (route === undefined) rows.delete(key);
      else rows.set(key, route);
    }
  });
  return { events, changes, rows, broken };
}
