import { CommanderError } from 'commander';
import { afterEach, expect, it, vi } from 'vitest';
import { runServiceCommand } from '../../../../agent/host/windows/service-command.js';

afterEach(() => {
  vi.restoreAllMocks();
});

it.skipIf(process.platform === 'win32').each(['install', 'uninstall', 'start', 'stop', 'status', 'run'])(
  '"service %s" says that this system has no Windows services',
  async (command) => {
    await expect(runServiceCommand([command])).rejects.toMatchObject({
      message: expect.stringContaining('has no Windows services'),
      remedy: expect.stringContaining('systemd'),
    });
  },
);

it('tells of every command but "run", which is for Windows alone', async () => {
  let text = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    text += chunk;
    return true;
  });
  await expect(runServiceCommand(['--help'])).rejects.toThrow(CommanderError);
  for (const command of ['install', 'uninstall', 'start', 'stop', 'status']) expect(text).toMatch(new RegExp(`^ {2}${command} `, 'm'));
  expect(text).not.toMatch(/^ {2}run /m);
  expect(text).toContain('Exit codes: 0 done');
});

it.each([[['instal']], [['install', 'now']], [['install', '--force']]])('refuses %j', async (args) => {
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  await expect(runServiceCommand(args)).rejects.toThrow(CommanderError);
});
