import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageForWindows } from '../../.ci/windows/package-for-windows.js';
import { missingForMsi, readMsiTable } from '../support/msi-table.js';
import { createTemporaryDirectory } from '../support/temporary.js';

const run = promisify(execFile);
const missing = missingForMsi();

describe.skipIf(missing !== undefined)(`the installer${missing === undefined ? '' : ` (skipped, missing: ${missing})`}`, () => {
  let directory: string;
  let msi: string;
  let certificate: string;
  beforeAll(async () => {
    directory = await createTemporaryDirectory('msi');
    certificate = join(directory, 'signing.pem');
    const key = join(directory, 'signing-key.pem');
    await run('openssl', [
      ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=routefleet test'],
      ...['-addext', 'extendedKeyUsage=codeSigning', '-keyout', key, '-out', certificate],
    ]);
    await packageForWindows(join(directory, 'out'), { certificate, key });
    msi = join(directory, 'out/routefleet-agent.msi');
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  const table = (name: string): Promise<Record<string, string>[]> => readMsiTable(msi, name);
  const property = async (name: string): Promise<string | undefined> =>
    (await table('Property')).find(({ Property }) => Property === name)?.Value;

  it.each(['routefleet.exe', 'routefleet-agent.exe', 'routefleet-agent.msi'])('signs %s', async (file) => {
    const { stdout } = await run('osslsigncode', ['verify', '-CAfile', certificate, '-in', join(directory, 'out', file)]);
    expect(stdout).toContain('Signature verification: ok');
  });

  it('tells the checksums of signed files', async () => {
    const { stdout } = await run('sha256sum', ['--check', 'SHA256SUMS'], { cwd: join(directory, 'out') });
    expect(stdout.match(/: OK$/gm)).toHaveLength(7);
  });

  it('keeps the code by which its versions find each other, and replaces builds of the same version', async () => {
    expect(await property('UpgradeCode')).toBe('{9C1F64B6-8E0B-4B53-9C55-6D2B0F1E7A35}');
    const { version } = JSON.parse(await readFile('package.json', 'utf8')) as { readonly version: string };
    expect(await property('ProductVersion')).toBe(version);
    const [older, newer] = await table('Upgrade');
    // MigrateFeatures and VersionMaxInclusive; OnlyDetect
    expect(older).toMatchObject({ VersionMin: '', VersionMax: version, Attributes: '513', ActionProperty: 'WIX_UPGRADE_DETECTED' });
    expect(newer).toMatchObject({ VersionMin: version, VersionMax: '', Attributes: '2', ActionProperty: 'WIX_DOWNGRADE_DETECTED' });
    // Otherwise a file of the same version is taken for the one that is there, which then goes with the older product.
    expect(await property('REINSTALLMODE')).toBe('amus');
  });

  it('installs for 64-bit Windows, with file versions', async () => {
    expect((await run('msiinfo', ['suminfo', msi])).stdout).toContain('Template: x64;1033');
    expect((await table('Component')).map(({ Attributes }) => Attributes)).toEqual(['256', '256', '256']);
    const files = (await table('File')).map(({ FileName, Version }) => [FileName, Version]);
    const version = `${await property('ProductVersion')}.0`;
    expect(files).toEqual([
      ['routefleet-agent.exe', version],
      ['routefleet.exe', version],
      ['LICENSE.txt', ''],
      ['THIRD-PARTY-LICENSES.txt', ''],
      ['routefleet-agent.cdx.json', ''],
      ['routefleet.cdx.json', ''],
    ]);
  });

  it('runs the agent as SYSTEM, in the order that installing, upgrading, removing and failing need', async () => {
    const types = Object.fromEntries((await table('CustomAction')).map(({ Action, Type }) => [Action, Number(Type)]));
    const [exe, ignore, rollback, deferred, system, hidden] = [18, 0x40, 0x100, 0x400, 0x800, 0x2000] as const;
    expect(types).toEqual({
      UndoService: exe + deferred + system + rollback + ignore,
      InstallService: exe + deferred + system,
      Enroll: exe + deferred + system + hidden,
      StartService: exe + deferred + system + ignore,
      RemoveService: exe + deferred + system + ignore,
    });
    const sequence = (await table('InstallExecuteSequence')).toSorted((a, b) => Number(a.Sequence) - Number(b.Sequence));
    const order = sequence.map(({ Action }) => Action);
    const inOrder = [
      ...['InstallInitialize', 'RemoveExistingProducts', 'StopServices', 'RemoveService', 'RemoveFiles'],
      ...['InstallFiles', 'UndoService', 'InstallService', 'Enroll', 'StartService', 'InstallFinalize'],
    ];
    expect(order.filter((action) => inOrder.includes(action ?? ''))).toEqual(inOrder);
    const conditions = Object.fromEntries(sequence.map(({ Action, Condition }) => [Action, Condition]));
    expect(conditions).toMatchObject({
      RemoveService: 'REMOVE="ALL" AND NOT UPGRADINGPRODUCTCODE',
      UndoService: 'NOT Installed AND NOT WIX_UPGRADE_DETECTED',
      InstallService: 'NOT REMOVE',
      Enroll: 'NOT REMOVE AND TOKEN',
      StartService: 'NOT REMOVE',
    });
    // Stop at installation (2) and at removal (0x20).
    expect(await table('ServiceControl')).toEqual([expect.objectContaining({ Name: 'routefleet-agent', Event: '34', Wait: '1' })]);
  });

  it('hides the token, and passes what it needs on to the part that runs elevated', async () => {
    expect(await property('MsiHiddenProperties')).toBe('TOKEN');
    expect((await property('SecureCustomProperties'))?.split(';')).toEqual(expect.arrayContaining(['SERVER', 'TOKEN', 'CAPIN']));
  });
});
