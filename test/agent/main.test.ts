import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { connectWire } from '../support/wire.js';

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const running: ChildProcess[] = [];
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
});

/** Starts the program; `listening` resolves with its address, `ended` when it is gone. */
function startAgent(...args: string[]): { child: ChildProcess; listening: Promise<string>; ended: Promise<Ended> } {
  const child = spawn(process.execPath, ['--import', 'tsx', 'agent/main.ts', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  running.push(child);
  let stdout = '';
  let stderr = '';
  child.stderr.on('data', (data) => {
    stderr += data;
  });
  const listening = new Promise<string>((resolve) => {
    child.stdout.on('data', (data) => {
      stdout += data;
      const address = /"address":"([^"]+)"/.exec(stdout)?.[1];
      if (address !== undefined) resolve(address);
    });
  });
  const ended = new Promise<Ended>((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })));
  return { child, listening, ended };
}

const trial = ['--insecure', '--simulate', 'office', '--listen', '127.0.0.1:0'];

describe('routefleet-agent', { timeout: 30_000 }, () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('serves until %s, then drains and exits 0', async (signal) => {
    const { child, listening, ended } = startAgent(...trial);
    const wire = connectWire(await listening);
    expect((await wire.getAgent()).hostName).toBe('office');
    child.kill(signal);
    const { code, stdout } = await ended;
    expect(code).toBe(0);
    expect(stdout).toContain('"msg":"stopped"');
    wire.close();
  });

  it('answers while nobody reads its log', async () => {
    const { child, listening } = startAgent(...trial);
    const wire = connectWire(await listening);
    child.stdout?.pause();
    // Each row leaves a line: together more than the pipe and all buffers before it hold.
    for (let change = 0; change < 12; change++) {
      const operations = Array.from({ length: 200 }, (_, row) => {
        const value = { destinationPrefix: `10.${100 + change}.${row}.0/24`, nextHop: '10.20.0.254' };
        return { operation: { $case: 'create' as const, value } };
      });
      expect((await wire.applyRoutes({ operations })).failure).toBeUndefined();
    }
    wire.close();
  });

  it('prints its configuration and exits', async () => {
    expect(await startAgent(...trial, '--print-config').ended).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('listen: 127.0.0.1:0'),
    });
  });

  it('says who is in the way when the port is taken', async () => {
    const blocker = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => blocker.once('listening', resolve));
    const { port } = blocker.address() as { port: number };
    const { code, stderr } = await startAgent('--insecure', '--simulate', 'office', '--listen', `127.0.0.1:${port}`).ended;
    blocker.close();
    expect(code).toBe(1);
    expect(stderr).toContain(`EADDRINUSE`);
    expect(stderr).toContain('Remedy: another program listens there');
  });

  it.each([
    [
      'a missing library',
      ['--insecure', '--listen', '127.0.0.1:0', '--iphlpapi', '/no/such/library.so'],
      /cannot be loaded.*Remedy: check the path/,
    ],
    ['no library at all', ['--insecure', '--listen', '127.0.0.1:0'], /has no iphlpapi\.dll.*Remedy: run the agent on Windows/],
    ['an unknown flag', ['--lissen', 'x'], /unknown option '--lissen'[\s\S]*Remedy/],
    ['no certificates at all', ['--simulate', 'office', '--listen', '127.0.0.1:0'], /mutual TLS needs a certificate.*Remedy: enroll/],
    [
      'a missing certificate',
      ['--tls-certificate', '/no/a', '--tls-key', '/no/b', '--tls-ca', '/no/c', '--authorization', '/no/d'],
      /--tls-certificate: ENOENT.*Remedy/,
    ],
    [
      'a certificate that is none',
      ['--tls-certificate', 'LICENSE', '--tls-key', 'LICENSE', '--tls-ca', 'LICENSE', '--authorization', 'LICENSE'],
      /LICENSE is not a PEM file.*Remedy/,
    ],
  ])('refuses %s with exit code 64 and a remedy', async (_what, args, message) => {
    const { code, stderr, stdout } = await startAgent(...args).ended;
    expect(stderr).toMatch(message);
    expect(code).toBe(64);
    expect(stdout + stderr).not.toMatch(/\n\s+at /);
  });
});
