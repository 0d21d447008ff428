import { expect, it, onTestFinished } from 'vitest';
import { startTestAgent } from '../../../agent/testing.js';
import { run } from './run.js';

it('best-route shows what was asked for, the row, the source address and the three metrics', async () => {
  const agent = await startTestAgent({ profile: 'office' });
  onTestFinished(() => agent.close());
  const { code, stdout } = await run(['best-route', '198.51.100.1', '--insecure', '--address', agent.address, '--interface', 'ethernet']);
  expect(stdout.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
    ['DESTINATION', 'PREFIX', 'NEXT-HOP', 'INTERFACE', 'INDEX', 'SOURCE', 'METRIC', 'IF-METRIC', 'EFFECTIVE'],
    ['198.51.100.1', '0.0.0.0/0', '10.20.0.1', 'Ethernet', '12', '10.20.0.10', '0', '25', '25'],
    [''],
  ]);
  expect(code).toBe(0);
});
