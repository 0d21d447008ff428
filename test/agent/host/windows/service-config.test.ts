import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readServiceConfig, starterConfig } from '../../../../agent/host/windows/service-config.js';
import { createTemporaryDirectory } from '../../../support/temporary.js';

let directory: string;
beforeEach(async () => {
  directory = await createTemporaryDirectory('service-config');
});
afterEach(async () => {
  delete process.env.ROUTEFLEET_AGENT_LISTEN;
  await rm(directory, { recursive: true });
});

const read = async (text: string) => {
  await writeFile(join(directory, 'config.yaml'), text);
  return readServiceConfig(directory);
};

it('takes settings from the file, and from nowhere else', async () => {
  process.env.ROUTEFLEET_AGENT_LISTEN = '127.0.0.1:1';
  process.env.ROUTEFLEET_AGENT_CONFIG = '/no/such/file';
  try {
    expect(await read('drainTimeoutSeconds: 3')).toMatchObject({ listen: '0.0.0.0:7420', drainTimeoutSeconds: 3 });
  } finally {
    delete process.env.ROUTEFLEET_AGENT_CONFIG;
  }
});

it('keeps the state beside it, and counts relative paths from there', async () => {
  expect((await read(starterConfig)).stateDir).toBe(directory);
  const config = await read(
    '{ tlsCertificate: tls/a.pem, tlsKey: tls/k.pem, tlsCa: /elsewhere/ca.pem, authorization: rules.yaml, stateDir: state }',
  );
  expect(config).toMatchObject({
    tlsCertificate: join(directory, 'tls/a.pem'),
    tlsKey: join(directory, 'tls/k.pem'),
    tlsCa: '/elsewhere/ca.pem',
    authorization: join(directory, 'rules.yaml'),
    stateDir: join(directory, 'state'),
  });
  expect(config.tlsCrl).toBeUndefined();
});

it('refuses a missing file, and settings that there are not', async () => {
  expect(() => readServiceConfig(directory)).toThrow(expect.objectContaining({ remedy: expect.stringContaining('service install') }));
  await expect(read('lissen: x')).rejects.toThrow('lissen');
});

it('knows every setting that the starter file shows', async () => {
  const settings = starterConfig
    .split('\n')
    .filter((line) => /^# \w+: \S+$/.test(line))
    .map((line) => line.slice(2));
  expect(settings).toHaveLength(8);
  await expect(read(settings.join('\n'))).resolves.toBeDefined();
});
