import { expect, it } from 'vitest';
import { defaultRolloutsDirectory } from '../../../../client/fleet/rollout/rollouts-directory.js';

it.each([
  ['linux', { XDG_STATE_HOME: '/s' }, '/home/me', '/s/routefleet/rollouts'],
  ['linux', { XDG_STATE_HOME: 'relative' }, '/home/me', '/home/me/.local/state/routefleet/rollouts'],
  ['darwin', {}, '/Users/me', '/Users/me/.local/state/routefleet/rollouts'],
  ['win32', { LOCALAPPDATA: 'D:\\Local' }, 'C:\\Users\\me', 'D:\\Local\\routefleet\\rollouts'],
  ['win32', {}, 'C:\\Users\\me', 'C:\\Users\\me\\AppData\\Local\\routefleet\\rollouts'],
] as const)('on %s with %j rollouts are in %s: %s', (platform, environment, home, directory) => {
  expect(defaultRolloutsDirectory(platform, environment, home)).toBe(directory);
});
