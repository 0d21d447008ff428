import { expect, it } from 'vitest';
import { serviceImagePath } from '../../../../agent/host/windows/service-settings.js';

it('quotes the program, whose path may hold blanks', () => {
  const executable = 'C:\\Program Files\\routefleet\\routefleet-agent.exe';
  expect(serviceImagePath({ executable, script: undefined })).toBe(`"${executable}" service run`);
  expect(serviceImagePath({ executable, script: '/rf/dist/agent/main.js' })).toBe(`"${executable}" "/rf/dist/agent/main.js" service run`);
});

it.each(['/rf/agent/main.ts', 'dist/agent/main.js'])('refuses %s, which node.exe could not run as a service', (script) => {
  expect(() => serviceImagePath({ executable: 'node.exe', script })).toThrow(
    expect.objectContaining({ remedy: expect.stringContaining('npm run build') }),
  );
});
