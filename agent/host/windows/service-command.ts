import { Command } from 'commander';
import { ConfigError } from '../../config-error.js';
import type { ServiceCommandEnd, serviceActions } from './service-actions.js';

const help = `
The service takes its settings from %ProgramData%\\routefleet\\config.yaml alone, and logs to %ProgramData%\\routefleet\\logs and to the Application
log of the Event Viewer; see docs/windows.md. Windows itself starts it by "routefleet-agent service run".

Exit codes: 0 done; status: it runs · 1 failed; status: it does not run · 64 bad option or configuration

Examples:
  routefleet-agent service install
  routefleet-agent service start
`;

/**
 * Carries out `routefleet-agent service …`.
 *
 * @throws ConfigError, WindowsError; commander's CommanderError
 */
export async function runServiceCommand(args: readonly string[]): Promise<ServiceCommandEnd> {
  const command = new Command('routefleet-agent service')
    .description('Installs and controls the Windows service routefleet-agent. Needs an elevated console, but for status.')
    .addHelpText('after', help)
    .showHelpAfterError('Remedy: see routefleet-agent service --help.')
    .exitOverride();
  let end: ServiceCommandEnd = { text: '', exitCode: 0 };
  const add = (name: string, description: string, work: () => Promise<ServiceCommandEnd>, hidden = false): void => {
    command
      .command(name, { hidden })
      .description(description)
      .exitOverride()
      .action(async () => {
        refuseElsewhere();
        end = await work();
      });
  };
  const act = (name: keyof typeof serviceActions) => async (): Promise<ServiceCommandEnd> => {
    const [{ serviceActions: actions }, { createServiceHost }] = await Promise.all([
      import('./service-actions.js'),
      import('./service-host.js'),
    ]);
    return actions[name](createServiceHost());
  };
  add('install', 'make the service, or set it right again; nothing that was configured is overwritten', act('install'));
  add('uninstall', 'stop and remove the service; configuration, state and logs stay', act('uninstall'));
  add('start', 'start the service, and wait until it runs', act('start'));
  add('stop', 'stop the service, and wait until it has stopped', act('stop'));
  add('status', 'say whether it runs', act('status'));
  const run = async (): Promise<ServiceCommandEnd> => ({ text: '', exitCode: await (await import('./service-run.js')).runService() });
  add('run', 'what Windows starts', run, true);
  await command.parseAsync([...args], { from: 'user' });
  return end;
}

function refuseElsewhere(): void {
  if (process.platform === 'win32') return;
  throw new ConfigError(
    `this system (${process.platform}) has no Windows services`,
    'run the agent under the supervisor of the system, such as systemd, without "service"',
  );
}
