import { CommanderError } from 'commander';
import { expect, it } from 'vitest';
import { ConfigError } from '../../agent/config-error.js';
import { EnrollError } from '../../agent/enroll/enroll-error.js';
import { explain } from '../../agent/explain.js';
import { WindowsError } from '../../agent/host/windows/windows-error.js';

it.each([
  [new ConfigError('bad', 'do well'), 64, 'bad. Remedy: do well.'],
  [new EnrollError('UNREACHABLE', 'gone', 'wait'), 69, 'gone (UNREACHABLE). Remedy: wait.'],
  [new EnrollError('FILES', 'torn', 'mend'), 1, 'torn (FILES). Remedy: mend.'],
  [
    new WindowsError('OpenSCManagerW', 5, 'Access denied.'),
    1,
    'OpenSCManagerW: Access denied (Windows error 5). Remedy: run it elevated, as administrator.',
  ],
  [new WindowsError('X', 4711, undefined), 1, 'X: (Windows error 4711). Remedy: look up the code, and try again elevated.'],
  [new Error('listen EADDRINUSE'), 1, 'listen EADDRINUSE. Remedy: another program listens there: stop it, or choose another --listen.'],
  [new Error('odd'), 1, 'odd. Remedy: see the message; run with --log-level debug for more.'],
  [new CommanderError(0, 'commander.help', 'help'), 0, ''],
  [new CommanderError(1, 'commander.unknownOption', 'what?'), 64, ''],
])('%s ends with exit code %i', (error, exitCode, text) => {
  expect(explain(error)).toEqual({ text, exitCode });
});
