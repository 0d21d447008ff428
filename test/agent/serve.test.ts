import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import pino from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { parseConfig } from '../../agent/config.js';
import type { AgentEventName } from '../../agent/host/agent-event.js';
import { type ServeHooks, serve } from '../../agent/serve.js';
import { writeAgentTls } from '../support/agent-tls.js';
import { createTestPki } from '../support/pki.js';
import { createTemporaryDirectory } from '../support/temporary.js';
import { connectWire } from '../support/wire.js';

let directory: string;
beforeEach(async () => {
  directory = await createTemporaryDirectory('serve');
});
afterEach(() => rm(directory, { recursive: true }));

/** Runs an agent while `work` goes on; returns the events that it reported. */
async function serveDuring(args: readonly string[], work: (address: string) => Promise<void>, more: Partial<ServeHooks> = {}) {
  const events: [AgentEventName, string][] = [];
  const { config } = parseConfig(['--simulate', 'office', '--listen', '127.0.0.1:0', ...args], {});
  await serve(config, {
    log: pino({ level: 'silent' }),
    stopRequested: () => work(/listens on (\S+)/.exec(events[0]?.[1] ?? '')?.[1] ?? ''),
    events: { report: (event, text) => void events.push([event, text]) },
    ...more,
  });
  return events;
}

it.each(['required', 'off'])('reports its life and its commits to the host, with --audit %s', async (audit) => {
  const events = await serveDuring(['--insecure', '--audit', audit], async (address) => {
    const wire = connectWire(address);
    const route = { destinationPrefix: '10.99.0.0/16', nextHop: '10.20.0.254' };
    await wire.createRoute({ route, options: { commitId: 'a' } });
    await wire.createRoute({
      route: { ...route, destinationPrefix: '10.98.0.0/16' },
      options: { commitId: 'b', confirmWithin: { seconds: 60n, nanos: 0 } },
    });
    wire.close();
  });
  expect(events.map(([event]) => event)).toEqual(['started', 'committed', 'pending', 'notConfirmed', 'stopped']);
  expect(events[0]?.[1]).toMatch(/^routefleet agent \S+ listens on 127\.0\.0\.1:\d+$/);
  expect(events[3]?.[1]).toMatch(/^commit "b" of a caller without certificate, 1 row\nthe agent was stopped/);
});

it('has every file that it trusts looked at, before it opens one', async () => {
  const pki = await createTestPki();
  const tls = await writeAgentTls(pki, directory, await pki.issueServer({ name: 'agent' }));
  const args = [...tls, '--state-dir', join(directory, 'state')];
  const looked: string[] = [];
  const checkFile = (path: string): void => {
    looked.push(path.slice(directory.length + 1));
    if (path.endsWith('authorization.yaml')) throw new Error('others may change it');
  };
  await expect(serveDuring(args, async () => {}, { checkFile })).rejects.toThrow('others may change it');
  expect(looked).toEqual(['state', 'agent.pem', 'agent-key.pem', 'ca.pem', 'authorization.yaml']);
});
