import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client, credentials } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { missingForWine, type WineProcess } from '../support/wine.js';
import { runAgent, startAgent } from '../support/wine-agent.js';
import { stageExecutables } from '../support/wine-executables.js';
import type { StagedPrograms } from '../support/wine-stage.js';
import { comparableRoute, expectedRoutes } from './linux-view.js';
import { agentName, createWineHost, type WineHost } from './wine-host.js';

const missing = missingForWine({ namespaces: true });

describe.skipIf(missing !== undefined)(`executables under Wine${missing === undefined ? '' : ` (skipped, missing: ${missing})`}`, () => {
  let host: WineHost<StagedPrograms>;
  beforeAll(async () => {
    host = await createWineHost(stageExecutables);
  });
  afterAll(() => host?.remove());

  const native = (): string => join(host.staged.directory, 'native');

  /** Runs routefleet.exe to its end. */
  async function cli(
    ...args: readonly string[]
  ): Promise<{ readonly code: number | undefined; readonly stdout: string; readonly stderr: string }> {
    const [program] = host.staged.command('routefleet');
    const started: WineProcess = host.prefix.start({ program, args });
    const code = await started.exited;
    return { code, stdout: started.stdout(), stderr: started.stderr() };
  }

  const tlsArgs = (): string[] => {
    const { ca, certificate, key } = host.clientFiles;
    return ['--tls-ca', ca, '--tls-cert', certificate, '--tls-key', key];
  };

  it('answers over mutual TLS', async () => {
    expect((await host.client.listRoutes().toArray()).map(comparableRoute)).toEqual(await expectedRoutes(host.network));
    expect((await host.client.getAgent()).library).toMatch(/\\iphlpapi\.dll$/i);
    expect(host.agent.stderr()).toBe('');
  });

  it('carries the contracts of health and reflection', async () => {
    const agent = await startAgent({ prefix: host.prefix, staged: host.staged, args: [...host.agentArgs(), '--reflection'] });
    const { ca, certificate, key } = host.clientFiles;
    const [root, ownKey, own] = await Promise.all([ca, key, certificate].map((file) => readFile(file)));
    const channel = credentials.createSsl(root ?? null, ownKey, own);
    const client = new Client(`${host.network.address}:${agent.port}`, channel, { 'grpc.ssl_target_name_override': agentName });
    const bytes = (value: Buffer): Buffer => value;
    try {
      const serving = await new Promise<Buffer | undefined>((resolve, reject) => {
        const done = (error: Error | null, answer?: Buffer): void => (error ? reject(error) : resolve(answer));
        client.makeUnaryRequest('/grpc.health.v1.Health/Check', bytes, bytes, Buffer.alloc(0), done);
      });
      // HealthCheckResponse { status: SERVING }
      expect(serving).toEqual(Buffer.from([0x08, 0x01]));
      const stream = client.makeBidiStreamRequest('/grpc.reflection.v1.ServerReflection/ServerReflectionInfo', bytes, bytes);
      // ServerReflectionRequest { list_services: "*" }
      stream.write(Buffer.from([0x3a, 0x01, 0x2a]));
      const services = await new Promise<Buffer>((resolve, reject) => void stream.once('data', resolve).once('error', reject));
      stream.end();
      expect(services.toString('latin1')).toContain('routefleet.v1.RouteService');
    } finally {
      client.close();
      expect(await agent.stop()).toBe(0);
    }
  });

  it('lists routes with routefleet.exe', async () => {
    const { code, stdout, stderr } = await cli('routes', 'list', '--address', host.address, ...tlsArgs(), '-o', 'json');
    expect(stderr).toBe('');
    expect(code).toBe(0);
    const expected = await expectedRoutes(host.network);
    expect(JSON.parse(stdout)).toHaveLength(expected.length);
    expect(await cli('--version')).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+/) });
  });

  it('plans with processes of its own', async () => {
    const second = await startAgent({ prefix: host.prefix, staged: host.staged, args: host.agentArgs() });
    const addresses = { 'host-1': host.address, 'host-2': `${host.network.address}:${second.port}` };
    const { ca, certificate, key } = host.clientFiles;
    const hosts = Object.fromEntries(Object.entries(addresses).map(([name, address]) => [name, { address }]));
    const inventory = join(host.staged.directory, 'fleet.yaml');
    const desired = join(host.staged.directory, 'routes.yaml');
    await writeFile(inventory, JSON.stringify({ defaults: { tls: { ca, certificate, key } }, hosts }));
    await writeFile(desired, `owner: team-net\nroutes: [{ prefix: 10.50.0.0/16, nextHop: ${host.network.neighbour} }]\n`);
    const { code, stdout, stderr } = await cli('plan', '-f', desired, '--inventory', inventory, '--workers', '2', '-o', 'ndjson');
    expect(await second.stop()).toBe(0);
    expect(stderr).toBe('');
    expect(code).toBe(2);
    const plans = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { readonly host: string; readonly creates: number });
    expect(plans.map(({ host: name, creates }) => [name, creates])).toEqual(Object.keys(addresses).map((name) => [name, 1]));
  });

  it('unpacks its native module once, and refuses another one in its place', async () => {
    const { prefix, staged } = host;
    const files = await readdir(native());
    expect(files).toEqual([expect.stringMatching(/^koffi-[0-9a-f]{16}\.node$/)]);
    const module = join(native(), files[0] ?? '');
    const bytes = await readFile(module);
    const version = { prefix, staged, args: ['--version'] };
    // The running agent has the file in use: a file in its place, not other bytes in it.
    await rm(module);
    await writeFile(module, Buffer.concat([bytes.subarray(0, -1), Buffer.from([(bytes.at(-1) ?? 0) ^ 1])]));
    const refused = await runAgent(version);
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toMatch(
      /^routefleet-agent: the native module \S+ is not the one that this executable carries: .+ Remedy: find out who wrote it/,
    );
    await rm(module);
    expect(await runAgent(version)).toEqual({ exitCode: 0, stderr: '' });
    expect(await readFile(module)).toEqual(bytes);
    expect(await readdir(native())).toEqual(files);
  });
});
