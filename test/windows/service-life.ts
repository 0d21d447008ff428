import { chmod, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CommitState } from '../../proto/gen/routefleet/v1/commit.pb.js';
import { createEnrolmentScene } from '../client/enroll/enrolment-scene.js';
import { type AgentCommand, createServiceScene, type ServiceScene } from '../support/wine-service.js';
import type { Wire } from '../support/wire.js';

const serviceKey = 'HKLM\\System\\CurrentControlSet\\Services\\routefleet-agent';
const eventKey = 'HKLM\\System\\CurrentControlSet\\Services\\EventLog\\Application\\routefleet-agent';
const prefix = '198.19.7.0/24';

/**
 * From the installation of the service to its removal; each test goes on where the one before it ended.
 *
 * @param more - further tests, of a scene in which the service is not installed any more
 */
export function describeServiceLife(name: string, prepare: () => Promise<AgentCommand>, more?: (scene: () => ServiceScene) => void): void {
  describe(name, () => {
    let scene: ServiceScene;
    beforeAll(async () => {
      scene = await createServiceScene(await prepare());
    });
    afterAll(() => scene?.remove());

    const service = async (command: string): Promise<string> => {
      const { exitCode, stdout, stderr } = await scene.agent('service', command);
      expect({ command, exitCode, stderr }).toEqual({ command, exitCode: 0, stderr: expect.not.stringContaining('routefleet-agent:') });
      return stdout;
    };
    const connected = async <T>(work: (wire: Wire) => Promise<T>): Promise<T> => {
      const wire = scene.tls.connect(scene.address);
      try {
        return await work(wire);
      } finally {
        wire.close();
      }
    };
    const applyPending = (commitId: string): Promise<void> =>
      connected(async (wire) => {
        const route = { destinationPrefix: prefix, nextHop: `${scene.host.subnet}.1`, metric: 7 };
        const options = { commitId, confirmWithin: { seconds: 300n, nanos: 0 } };
        const { commit } = await wire.createRoute({ route, options });
        expect(commit?.state).toBe(CommitState.PENDING_CONFIRMATION);
        expect(await scene.host.namespace.ip(`route show exact ${prefix}`)).toContain(prefix);
      });
    const processId = async (): Promise<string> => {
      const [, id = ''] = /running \(process (\d+)\)/.exec(await service('status')) ?? [];
      expect(id).not.toBe('');
      return id;
    };

    it('is installed with all that Windows keeps of it, and a second time without a change of what was configured', async () => {
      expect((await scene.agent('service', 'status')).stdout).toBe('the service routefleet-agent is not installed\n');
      expect(await service('install')).toContain('the service routefleet-agent is installed: "');
      const { stdout: registry } = await scene.windows('reg', 'query', serviceKey);
      expect(registry).toMatch(/ImagePath +REG_SZ +"[^"]+\.exe" (?:"[^"]+programs\\routefleet-agent\.mjs" )?service run/);
      expect(registry).toMatch(/DependOnService +REG_MULTI_SZ +nsi\\0Tcpip/);
      expect(registry).toMatch(/Start +REG_DWORD +0x2/);
      expect(registry).toMatch(/PreshutdownTimeout +REG_DWORD +0x7530/);
      expect((await scene.windows('reg', 'query', eventKey)).stdout).toContain('%SystemRoot%\\System32\\EventCreate.exe');
      expect(await readFile(join(scene.directory, 'config.yaml'), 'utf8')).toContain('# listen: 0.0.0.0:7420');

      await scene.configure();
      const configured = await readFile(join(scene.directory, 'config.yaml'), 'utf8');
      expect(await service('install')).toContain('is set right');
      expect(await readFile(join(scene.directory, 'config.yaml'), 'utf8')).toBe(configured);
    });

    it('answers over mutual TLS once it is started', async () => {
      expect(await service('start')).toMatch(/is running \(process \d+\)/);
      const { library, capabilities } = await connected((wire) => wire.getAgent());
      expect(library).toContain('iphlpapi_kernel.dll');
      expect(capabilities?.missingFunctions).toEqual([]);
      expect(scene.events().at(-1)).toEqual({ id: 100, text: expect.stringContaining(`listens on ${scene.address}`) });
    });

    it('stops within its time while a commit waits for its confirmation, and undoes it', async () => {
      await applyPending('stopped');
      const before = performance.now();
      expect(await service('stop')).toContain('is stopped');
      // The time to drain is 10 s; the command itself starts a node.exe.
      expect(performance.now() - before).toBeLessThan(20_000);
      expect(await scene.host.namespace.ip(`route show exact ${prefix}`)).toBe('');
      expect(scene.log().at(-1)?.msg).toBe('stopped');
      const events = scene.events().slice(-3);
      expect(events.map(({ id }) => id)).toEqual([202, 211, 101]);
      expect(events[1]?.text).toContain('the agent was stopped before the commit was confirmed');
    });

    it('undoes at its next start what waited when it was killed', async () => {
      await service('start');
      await applyPending('killed');
      await scene.windows('taskkill', '/F', '/PID', await processId());
      // Wine has no recovery actions: nothing starts it again. On Windows this would take a second.
      await delay(3000);
      await expect(connected((wire) => wire.getAgent())).rejects.toThrow();
      expect(await scene.host.namespace.ip(`route show exact ${prefix}`)).toContain(prefix);

      await service('start');
      expect(await scene.host.namespace.ip(`route show exact ${prefix}`)).toBe('');
      const { commit } = await connected((wire) => wire.getCommit({ commitId: 'killed' }));
      expect(commit?.state).toBe(CommitState.ROLLED_BACK);
      expect(
        scene
          .events()
          .slice(-2)
          .map(({ id }) => id),
      ).toEqual([211, 100]);
      await service('stop');
    });

    const refusesToStart = async (exitCode: number): Promise<void> => {
      const start = await scene.agent('service', 'start');
      expect(start).toMatchObject({ exitCode: 1, stdout: expect.stringContaining(`is stopped (failed with exit code ${exitCode})`) });
      expect(start.stdout).toContain('Remedy: read C:\\ProgramData\\routefleet\\logs\\agent.log');
      expect(scene.events().at(-1)?.id).toBe(102);
    };

    it.each([
      ['its configuration', 'config.yaml', 0o666, 0o644],
      ['its directory', '.', 0o777, 0o755],
    ])('does not start when others may write %s, and says what to do', async (_, file, open, closed) => {
      const path = join(scene.directory, file);
      await chmod(path, open);
      await refusesToStart(64);
      expect(scene.events().at(-1)?.text).toMatch(/^Everyone \(S-1-1-0\) may change C:\\\\ProgramData\\\\routefleet.*icacls/);
      await chmod(path, closed);
    });

    it('uses the certificate that it enrolled for, and refuses a key that others may read', async () => {
      const ip = `${scene.host.subnet}.1`;
      const authority = await createEnrolmentScene({ listen: { host: ip, port: 0 }, names: [ip] });
      try {
        const { secret } = await authority.token({ name: 'web1' });
        const server = ['--server', `${ip}:${authority.server.port}`, '--ca-pin', authority.pin];
        const enrolled = await scene.agent('enroll', ...server, '--token', secret, '--name', 'web1');
        expect(enrolled).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('enrolled as web1') });
      } finally {
        await authority.close();
      }
      await scene.configure({ tlsCertificate: undefined, tlsKey: undefined, tlsCa: undefined, authorization: undefined });
      await service('start');
      await service('stop');

      const key = join(scene.directory, 'tls/agent-key.pem');
      await chmod(key, 0o664);
      await refusesToStart(64);
      expect(scene.log().at(-1)?.msg).toMatch(/--tls-key: Everyone \(S-1-1-0\) may read or change .*agent-key\.pem\. Remedy: .*icacls/);
      await chmod(key, 0o660);
    });

    it('tells why it cannot start, and starts when that is over', async () => {
      await scene.configure({ drainTimeoutSeconds: 7, listen: `${scene.host.subnet}.9:7420` });
      await refusesToStart(1);
      await scene.configure({ drainTimeoutSeconds: 7, lissen: 'x' });
      await refusesToStart(64);
      expect(scene.log().at(-1)?.msg).toContain('lissen');
      await scene.configure({ drainTimeoutSeconds: 7 });
      await service('start');
      expect((await scene.windows('reg', 'query', serviceKey)).stdout).toMatch(/PreshutdownTimeout +REG_DWORD +0x6978/);
    });

    it('is not run from a console', async () => {
      const { exitCode, stderr } = await scene.agent('service', 'run');
      expect(exitCode).toBe(64);
      expect(stderr).toMatch(/did not start this process \(Windows error 1063\)\. Remedy: run "routefleet-agent service start"/);
    });

    it('is removed while it runs, and leaves nothing but what it keeps', async () => {
      expect(await service('uninstall')).toContain('is removed; C:\\ProgramData\\routefleet stays');
      expect((await scene.windows('reg', 'query', serviceKey)).exitCode).toBe(1);
      expect((await scene.windows('reg', 'query', eventKey)).exitCode).toBe(1);
      expect(await scene.files()).toEqual([
        'audit-key.pem',
        'audit-public.pem',
        'audit/audit.jsonl',
        'audit/head.json',
        'authorization.yaml',
        'config.yaml',
        'journal',
        'logs/agent.log',
        ...['agent-key.pem', 'agent.pem', 'ca.pem', 'crl.pem', 'enrolment.json'].map((name) => `tls/${name}`),
      ]);
      expect(await service('uninstall')).toContain('is not installed');
    });
    more?.(() => scene);
  });
}
