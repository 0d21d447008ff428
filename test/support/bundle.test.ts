import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundlePrograms, programs } from '../../.ci/bundle.js';
import { createTemporaryDirectory } from './temporary.js';

// In node_modules, where the package that stays outside is found.
const directory = resolve(`node_modules/.cache/routefleet/programs-${process.pid}`);
let work: string;

async function run(program: string, ...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [join(directory, `${program}.mjs`), ...args], { cwd: work });
  return stdout;
}

beforeAll(async () => {
  work = await createTemporaryDirectory('bundle');
  await bundlePrograms(programs, directory);
});
afterAll(async () => {
  await rm(directory, { recursive: true, force: true });
  await rm(work, { recursive: true, force: true });
});

/** Starts the agent of a trial with these arguments and ends it when it listens. @returns what it said */
async function listens(...args: readonly string[]): Promise<string> {
  const trial = ['--simulate', 'office', '--insecure', '--listen', '127.0.0.1:0'];
  const child = spawn(process.execPath, [join(directory, 'routefleet-agent.mjs'), ...trial, ...args], { cwd: work });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (text) => {
      said += text;
      if (said.includes('"listening"')) child.kill();
    });
  }
  await once(child, 'close');
  return said;
}

/** What is loaded when it is wanted is not loaded by --version: the parts with certificates have to work as well. */
describe('the programs of the package', () => {
  it('make an authority and certificates', async () => {
    expect(await run('routefleet', 'pki', 'init')).toContain('pin: sha256:');
    expect(await run('routefleet', 'pki', 'issue', 'controller', 'alice')).toContain('certificate: alice.pem');
    expect(await run('routefleet', 'pki', 'csr', 'agent', 'web1')).toContain('web1.csr');
    expect(await run('routefleet', 'pki', 'sign', 'web1.csr', 'agent', 'web1')).toContain('certificate: web1.pem');
  });

  it('read revocation lists', async () => {
    await writeFile(join(work, 'rules.yaml'), 'rules: [{ identities: ["urn:routefleet:controller:alice"], role: viewer }]\n');
    const trust = ['--tls-ca', 'pki/bundle.pem', '--tls-crl', 'pki/crl.pem'];
    expect(
      await run(
        'routefleet-agent',
        'authz',
        'test',
        '--authorization',
        'rules.yaml',
        '--cert',
        'alice.pem',
        '--rpc',
        'ListRoutes',
        ...trust,
      ),
    ).toContain('viewer');
  });

  it('serve reflection', async () => {
    expect(await listens('--reflection')).toContain('"msg":"listening"');
  });
});
