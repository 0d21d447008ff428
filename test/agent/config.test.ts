import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { formatConfig, parseConfig } from '../../agent/config.js';

const directory = mkdtempSync(join(tmpdir(), 'routefleet-config-'));
afterAll(() => rmSync(directory, { recursive: true }));

function file(text: string): string {
  const path = join(directory, `${Math.random()}.yaml`);
  writeFileSync(path, text);
  return path;
}
const trial = ['--insecure', '--listen', '127.0.0.1:0', '--simulate', 'office'];
const tls = ['--tls-certificate', 'a', '--tls-key', 'b', '--tls-ca', 'c', '--authorization', 'd'];

describe('configuration of the agent', () => {
  it('takes a flag before the environment, the environment before the file, the file before the default', () => {
    const config = file('listen: 127.0.0.1:1\nlogLevel: warn\nipv4Writes: netio\ninsecure: true\n');
    const environment = { ROUTEFLEET_AGENT_LISTEN: '127.0.0.1:2', ROUTEFLEET_AGENT_LOG_LEVEL: 'debug', ROUTEFLEET_AGENT_CONFIG: config };
    expect(parseConfig(['--listen', '127.0.0.1:3'], environment).config).toMatchObject({
      listen: '127.0.0.1:3',
      logLevel: 'debug',
      ipv4Writes: 'netio',
      drainTimeoutSeconds: 10,
    });
  });

  it('prints a configuration that it reads again', () => {
    const { config, printConfig } = parseConfig([...trial, '--print-config', '--reflection'], {});
    expect(printConfig).toBe(true);
    expect(parseConfig(['--config', file(formatConfig(config))], {}).config).toEqual(config);
    expect(parse(formatConfig(config))).toMatchObject({ listen: '127.0.0.1:0', reflection: true });
  });

  it('reads flags without value from the environment', () => {
    expect(parseConfig(trial, { ROUTEFLEET_AGENT_REFLECTION: 'true' }).config.reflection).toBe(true);
    expect(() => parseConfig(trial, { ROUTEFLEET_AGENT_REFLECTION: 'yes' })).toThrow('ROUTEFLEET_AGENT_REFLECTION: "yes"');
  });

  it.each([
    ['half of the TLS files', ['--tls-ca', 'ca.pem'], 'mutual TLS needs a certificate'],
    ['mutual TLS without rules', tls.slice(0, 6), 'nobody may do anything without rules'],
    ['plaintext beyond loopback', ['--insecure'], 'plaintext is allowed on loopback alone'],
    [
      'plaintext on a name that only begins like loopback',
      ['--insecure', '--listen', '127.example.org:1'],
      'plaintext is allowed on loopback alone',
    ],
    ['plaintext beside TLS files', [...trial, ...tls], '--insecure stands beside TLS files'],
    ['an address without port', [...tls, '--listen', '0.0.0.0'], 'listen: "0.0.0.0": is not host:port'],
    ['an unknown profile', [...trial, '--simulate', 'mars'], 'simulate: "mars"'],
    ['a host number out of range', [...trial, '--simulate-host-number', '0'], 'simulateHostNumber: "0"'],
    ['an unknown use of the audit log', [...trial, '--audit', 'maybe'], 'audit: "maybe"'],
    ['an unknown way to write', [...trial, '--ipv4-writes', 'netsh'], 'ipv4Writes: "netsh"'],
    ['a file that is not there', ['--config', '/no/such/file'], 'the configuration file cannot be read'],
    ['a file that is no YAML', ['--config', file('a: [')], 'the configuration file cannot be read'],
    ['a file that is a list', ['--config', file('- 1')], 'does not hold settings'],
    ['an unknown setting in the file', [...trial, '--config', file('lissen: x')], 'lissen'],
    ['a setting of the wrong type', [...trial, '--config', file('reflection: maybe')], 'reflection: "maybe"'],
  ])('refuses %s', (_what, args, message) => {
    expect(() => parseConfig(args, {})).toThrow(message);
  });
});
