import { homedir } from 'node:os';
import { posix, win32 } from 'node:path';

/**
 * Where rollouts are kept when nothing else is said.
 *
 * @see https://specifications.freedesktop.org/basedir-spec/latest/
 */
export function defaultRolloutsDirectory(
  platform: NodeJS.Platform = process.platform,
  environment: Readonly<Record<string, string | undefined>> = process.env,
  home: string = homedir(),
): string {
  if (platform === 'win32') return win32.join(environment.LOCALAPPDATA ?? win32.join(home, 'AppData', 'Local'), 'routefleet', 'rollouts');
  // A relative path is to be ignored, says the specification.
  const given = environment.XDG_STATE_HOME ?? '';
  const state = posix.isAbsolute(given) ? given : posix.join(home, '.local', 'state');
  return posix.join(state, 'routefleet', 'rollouts');
}
