import { describe, expect, it } from 'vitest';
import type { AgentConfig } from '../../../../agent/config.js';
import { type ServiceHost, serviceActions } from '../../../../agent/host/windows/service-actions.js';
import { starterConfig } from '../../../../agent/host/windows/service-config.js';
import type { ServiceSettings } from '../../../../agent/host/windows/service-settings.js';
import type { ServiceStatus } from '../../../../agent/host/windows/service-status.js';
import { WindowsError } from '../../../../agent/host/windows/windows-error.js';

const stopped: ServiceStatus = { state: 1, exitCode: 0, specificExitCode: 0, checkpoint: 0, waitHintMs: 0, processId: 0 };
const running: ServiceStatus = { ...stopped, state: 4, processId: 4711 };
const starting = (checkpoint: number): ServiceStatus => ({ ...running, state: 2, checkpoint, waitHintMs: 3000 });
const stopping = (checkpoint: number): ServiceStatus => ({ ...running, state: 3, checkpoint, waitHintMs: 3000 });

/** A service manager that goes through states, the last of which stays; `calls` tells what was asked of it. */
function makeHost(...states: (ServiceStatus | undefined)[]) {
  const calls: string[] = [];
  let settings: ServiceSettings | undefined;
  let now = 0;
  const host: ServiceHost = {
    manager: {
      install(given) {
        settings = given;
        calls.push('install');
        return ['service SID'];
      },
      status: () => (states.length > 1 ? states.shift() : states[0]),
      start: () => void calls.push('start'),
      stop: () => void calls.push('stop'),
      delete: () => void calls.push('delete'),
      setPreshutdownTimeout: () => {},
    },
    eventSource: { register: () => void calls.push('register'), remove: () => void calls.push('remove') },
    program: { executable: 'C:\\Program Files\\nodejs\\node.exe', script: 'C:\\rf\\dist\\agent\\main.js' },
    clock: {
      now: () => now,
      async pause(ms) {
        now += ms;
      },
    },
    directory: 'C:\\ProgramData\\routefleet',
    prepareDirectory: () => void calls.push('prepare'),
    readConfig: () => ({ drainTimeoutSeconds: 25 }) as AgentConfig,
    exposureOf: () => undefined,
  };
  return { host, calls, settings: () => settings, elapsed: () => now };
}

const fails = (code: number) => () => {
  throw new WindowsError('StartServiceW', code, 'No.');
};

describe('install', () => {
  it('prepares the directory before it makes the service, and says what Windows does not know', async () => {
    const { host, calls, settings } = makeHost(undefined);
    // join and dirname of this system do not know backslashes.
    const { text, exitCode } = await serviceActions.install({
      ...host,
      program: { executable: 'C:\\rf\\routefleet-agent.exe', script: undefined },
    });
    expect(exitCode).toBe(0);
    expect(calls).toEqual(['prepare', 'register', 'install']);
    expect(text).toBe(
      'the service routefleet-agent is installed: "C:\\rf\\routefleet-agent.exe" service run\n' +
        'configuration, state and logs: C:\\ProgramData\\routefleet\n' +
        'this Windows does not know the setting "service SID": left out\n',
    );
    expect(settings()).toMatchObject({
      displayName: 'routefleet agent',
      dependencies: ['nsi', 'Tcpip'],
      restartDelaysMs: [1000, 10_000, 60_000],
      failureResetSeconds: 86_400,
      // 25 s to drain, and 20 s to undo.
      preshutdownTimeoutMs: 45_000,
    });
  });

  it('sets right what is installed', async () => {
    const { host, calls } = makeHost(running);
    const program = { executable: 'C:\\a.exe', script: undefined };
    expect((await serviceActions.install({ ...host, program })).text).toContain('is set right: "C:\\a.exe" service run');
    expect(calls).toContain('install');
  });

  it('warns of a program that others may change', async () => {
    const { host } = makeHost(undefined);
    const program = { executable: '/rf/routefleet-agent.exe', script: undefined };
    const exposureOf = (path: string) => (path === '/rf' ? { message: 'Users may change /rf', remedy: 'close it' } : undefined);
    expect((await serviceActions.install({ ...host, program, exposureOf })).text).toContain(
      'warning: Users may change /rf. Remedy: close it.\n',
    );
  });

  it('changes nothing when the directory is not to be trusted', async () => {
    const { host, calls } = makeHost(undefined);
    const program = { executable: 'C:\\a.exe', script: undefined };
    const prepareDirectory = () => {
      throw new Error('somebody else made it');
    };
    await expect(serviceActions.install({ ...host, program, prepareDirectory })).rejects.toThrow('somebody else made it');
    expect(calls).toEqual([]);
  });
});

describe('start', () => {
  it('waits until the service runs', async () => {
    const { host, calls } = makeHost(starting(1), starting(2), running);
    expect(await serviceActions.start(host)).toEqual({ text: 'the service routefleet-agent is running (process 4711)\n', exitCode: 0 });
    expect(calls).toEqual(['start']);
  });

  it('is done when it runs already', async () => {
    const { host } = makeHost(running);
    const manager = { ...host.manager, start: fails(1056) };
    expect((await serviceActions.start({ ...host, manager })).exitCode).toBe(0);
  });

  it('tells why it did not, and where more stands', async () => {
    const { host } = makeHost(starting(1), { ...stopped, exitCode: 1066, specificExitCode: 64 });
    const { text, exitCode } = await serviceActions.start(host);
    expect(exitCode).toBe(1);
    expect(text).toContain('is stopped (failed with exit code 64). Remedy: read C:\\ProgramData\\routefleet\\logs\\agent.log');
  });

  it('passes on what Windows says', async () => {
    const { host } = makeHost(undefined);
    const manager = { ...host.manager, start: fails(5) };
    await expect(serviceActions.start({ ...host, manager })).rejects.toMatchObject({
      code: 5,
      remedy: 'run it elevated, as administrator',
    });
  });
});

describe('stop', () => {
  it('waits as long as there are signs of life', async () => {
    const states = Array.from({ length: 1000 }, (_, index) => stopping(index));
    const { host, elapsed } = makeHost(...states, stopped);
    expect(await serviceActions.stop(host)).toEqual({ text: 'the service routefleet-agent is stopped\n', exitCode: 0 });
    expect(elapsed()).toBeGreaterThan(100_000);
  });

  it('gives up when there are none any more', async () => {
    const { host, elapsed } = makeHost(stopping(1));
    const { text, exitCode } = await serviceActions.stop(host);
    expect(exitCode).toBe(1);
    expect(text).toContain('is stopping (process 4711). Remedy: wait; or end process 4711');
    expect(elapsed()).toBeGreaterThan(33_000);
    expect(elapsed()).toBeLessThan(34_000);
  });

  it('is done when it does not run', async () => {
    const { host } = makeHost({ ...stopped, exitCode: 1077 });
    const manager = { ...host.manager, stop: fails(1062) };
    expect(await serviceActions.stop({ ...host, manager })).toMatchObject({
      exitCode: 0,
      text: expect.stringContaining('not started since'),
    });
  });
});

describe('uninstall', () => {
  it('stops the service, then removes it and its events', async () => {
    const { host, calls } = makeHost(running, stopping(1), stopped);
    expect((await serviceActions.uninstall(host)).text).toContain('is removed; C:\\ProgramData\\routefleet stays');
    expect(calls).toEqual(['stop', 'delete', 'remove']);
  });

  it('removes nothing that does not stop', async () => {
    const { host, calls } = makeHost(running, stopping(1));
    expect((await serviceActions.uninstall(host)).exitCode).toBe(1);
    expect(calls).toEqual(['stop']);
  });

  it('is done when there is none, also with what an interrupted one left', async () => {
    const { host, calls } = makeHost(undefined);
    expect(await serviceActions.uninstall(host)).toMatchObject({ exitCode: 0, text: 'the service routefleet-agent is not installed\n' });
    expect(calls).toEqual(['remove']);
  });
});

it('status is good news alone when it runs', async () => {
  expect(await serviceActions.status(makeHost(running).host)).toMatchObject({ exitCode: 0 });
  expect(await serviceActions.status(makeHost(stopped).host)).toMatchObject({ exitCode: 1 });
  expect(await serviceActions.status(makeHost({ ...stopped, exitCode: 2 }).host)).toMatchObject({
    text: 'the service routefleet-agent is stopped (failed with Windows error 2)\n',
  });
});

it('begins with a configuration that changes nothing', () => {
  expect(starterConfig.split('\n').filter((line) => line !== '' && !line.startsWith('#'))).toEqual([]);
});
