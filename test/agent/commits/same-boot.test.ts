import { expect, it } from 'vitest';
import { sameBoot } from '../../../agent/commits/same-boot.js';

it.each([
  ['the same id, whatever the clock says', { id: 'a', uptimeSeconds: 50 }, { id: 'a', uptimeSeconds: 10 }, true],
  ['another id, however long the host is up', { id: 'a', uptimeSeconds: 50 }, { id: 'b', uptimeSeconds: 90 }, false],
  ['no ids and a lower uptime', { id: undefined, uptimeSeconds: 50 }, { id: undefined, uptimeSeconds: 49.9 }, false],
  ['no ids and no lower uptime', { id: undefined, uptimeSeconds: 50 }, { id: undefined, uptimeSeconds: 50 }, true],
  ['one id and a lower uptime', { id: 'a', uptimeSeconds: 50 }, { id: undefined, uptimeSeconds: 10 }, false],
  ['one id and a higher uptime', { id: undefined, uptimeSeconds: 50 }, { id: 'a', uptimeSeconds: 60 }, true],
])('%s', (_what, recorded, current, same) => {
  expect(sameBoot(recorded, current)).toBe(same);
});
