import { appendFile, copyFile, readdir, readFile, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildMsi } from '../../.ci/windows/msi.js';
import { packageForWindows } from '../../.ci/windows/package-for-windows.js';
import { type AgentInfo, connect } from '../../client/index.js';
import { canonicalName } from '../../proto/identity.js';
import { createEnrolmentScene, type EnrolmentScene } from '../client/enroll/enrolment-scene.js';
import { makeIdentity } from '../client/pki/authority-scene.js';
import { createCleanup } from '../support/cleanup.js';
import { missingForMsi } from '../support/msi-table.js';
import { createTemporaryDirectory } from '../support/temporary.js';
import { createWinePrefix, missingForWine, type WinePrefix } from '../support/wine.js';
import { createTestNetwork, type TestNetwork } from './network.js';

const missing = missingForMsi() ?? missingForWine({ namespaces: true });

/** Where the list of installed programs is. */
const uninstallKey = 'HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Uninstall';

describe.skipIf(missing !== undefined)(`msiexec under Wine${missing === undefined ? '' : ` (skipped, missing: ${missing})`}`, () => {
  const cleanup = createCleanup();
  const name = canonicalName(hostname());
  let directory: string;
  let network: TestNetwork;
  let prefix: WinePrefix;
  let scene: EnrolmentScene;
  beforeAll(async () => {
    directory = await createTemporaryDirectory('msi-install');
    cleanup.defer(() => rm(directory, { recursive: true, force: true }));
    network = await createTestNetwork();
    cleanup.defer(network.remove);
    scene = await createEnrolmentScene({ listen: { host: network.neighbour, port: 0 }, names: [network.neighbour] });
    cleanup.defer(scene.close);
    prefix = await createWinePrefix({ namespace: network.namespace });
    cleanup.defer(prefix.remove);
    await packageForWindows(directory);
    await copyFile(join(directory, 'routefleet-agent.msi'), drive('agent.msi'));
  });
  afterAll(cleanup.run);

  const drive = (...path: readonly string[]): string => join(prefix.directory, 'drive_c', ...path);
  const list = (...path: readonly string[]): Promise<string[]> => readdir(drive(...path)).catch(() => []);
  const environment = 'HKLM\\System\\CurrentControlSet\\Control\\Session Manager\\Environment';
  const machinePath = (): Promise<string> => prefix.run({ program: 'reg', args: ['query', environment, '/v', 'PATH'] });
  /** Undefined: there is no service. */
  async function serviceState(): Promise<string | undefined> {
    const text = await prefix.run({ program: 'sc', args: ['query', 'routefleet-agent'] }).catch(() => '');
    return /STATE\s*:\s*\d+\s+(\w+)/.exec(text)?.[1];
  }
  /** The host as its agent tells of it. */
  async function askAgent(): Promise<AgentInfo> {
    const { certificate, key } = await makeIdentity(scene.pki, { kind: 'controller', name: 'me' });
    const client = connect({ address: `${network.address}:7420`, serverName: name, tls: { ca: scene.ca, certificate, key } });
    try {
      return await client.getAgent();
    } finally {
      client.close();
    }
  }

  /** Exit code of msiexec, of which Linux sees eight bits, and its log. */
  async function msiexec(...args: readonly string[]): Promise<{ readonly code: number | undefined; readonly log: string }> {
    await rm(drive('log.txt'), { force: true });
    const code = await prefix.start({ program: 'msiexec', args: [...args, '/qn', '/l*v', 'C:\\log.txt'] }).exited;
    return { code, log: await readFile(drive('log.txt'), 'utf8') };
  }
  const enrolling = (secret: string): string[] => [
    `SERVER=${network.neighbour}:${scene.server.port}`,
    `TOKEN=${secret}`,
    `CAPIN=${scene.pin}`,
  ];

  it('fails, and takes its files back, when the host cannot be enrolled', async () => {
    // ERROR_FUNCTION_FAILED (1627), of which eight bits are left.
    expect((await msiexec('/i', 'C:\\agent.msi', ...enrolling('not-a-token'))).code).toBe(1627 & 0xff);
    expect(await list('Program Files', 'routefleet')).not.toContain('routefleet-agent.exe');
    expect(scene.events).toContainEqual(expect.objectContaining({ what: 'refused' }));
    const asked = scene.events.length;
    const { code, log } = await msiexec('/i', 'C:\\agent.msi', 'SERVER=ctl.example.net:7421');
    expect(code).not.toBe(0);
    expect(log).toMatch(/LaunchConditions\. Return value 0/);
    expect(scene.events).toHaveLength(asked);
  });

  it('installs, enrols with a token whose use stands in no log, and starts the service, which answers', async () => {
    const { secret } = await scene.token({ name });
    const { code, log } = await msiexec('/i', 'C:\\agent.msi', ...enrolling(secret));
    expect(code).toBe(0);
    // Wine tells all properties at the end, also those of MsiHiddenProperties.
    expect(log.replace(`TOKEN = ${secret}`, '')).not.toContain(secret);
    expect(scene.events).toContainEqual(expect.objectContaining({ what: 'enrolled', name }));
    expect(await list('Program Files', 'routefleet')).toEqual(expect.arrayContaining(['native', 'routefleet-agent.exe', 'routefleet.exe']));
    expect(await machinePath()).toMatch(/;C:\\Program Files\\routefleet\\/);
    expect(await serviceState()).toBe('RUNNING');

    expect((await askAgent()).engine).toBe('iphlpapi');
  });

  it('upgrades: other files, the same configuration, and no second enrolment', async () => {
    const config = drive('ProgramData', 'routefleet', 'config.yaml');
    await appendFile(config, '# mine\nlogLevel: debug\n');
    await appendFile(join(directory, 'LICENSE.txt'), 'of another build\n');
    await appendFile(join(directory, 'SHA256SUMS'), 'of another build\n');
    await buildMsi(directory);
    await copyFile(join(directory, 'routefleet-agent.msi'), drive('newer.msi'));
    const enrolled = scene.events.length;
    // As deployment tools do: with the arguments of the first time.
    expect((await msiexec('/i', 'C:\\newer.msi', ...enrolling('used already'))).code).toBe(0);
    expect(await readFile(drive('Program Files', 'routefleet', 'LICENSE.txt'), 'utf8')).toContain('of another build');
    expect(await readFile(config, 'utf8')).toContain('# mine');
    expect(scene.events).toHaveLength(enrolled);
    expect(await serviceState()).toBe('RUNNING');
    expect((await askAgent()).engine).toBe('iphlpapi');
    const products = await prefix.run({ program: 'reg', args: ['query', uninstallKey, '/s'] });
    expect(products.match(/DisplayName\s+REG_SZ\s+routefleet agent/g)).toHaveLength(1);
  });

  it('removes all but what the agent keeps', async () => {
    expect((await msiexec('/x', 'C:\\newer.msi')).code).toBe(0);
    expect(await list('Program Files')).not.toContain('routefleet');
    expect(await machinePath()).not.toContain('routefleet');
    expect(await serviceState()).toBeUndefined();
    expect(await list('ProgramData', 'routefleet', 'tls')).toContain('agent.pem');
  });
});
