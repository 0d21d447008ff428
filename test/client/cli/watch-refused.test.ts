import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startFleet, type TestFleet } from '../test-fleet.js';
import { run } from './run.js';

let fleet: TestFleet;
beforeAll(async () => {
  fleet = await startFleet({ web1: { down: true } });
});
afterAll(() => fleet?.close());

describe('a watch that cannot be', () => {
  it.each(['json', 'yaml', 'csv'])('-o %s', async (form) => {
    expect(await run(['watch', '-o', form, '--inventory', fleet.inventory])).toEqual({
      code: 64,
      stdout: '',
      stderr: `error: "-o ${form}" has no form for this command: a watch has no end. Remedy: give -o ndjson for one object per line, or leave it out for text.\n`,
    });
  });

  it.each([
    [['--within', '10.0.0.0'], 'INVALID_PREFIX'],
    [['--min-metric', '9', '--max-metric', '1'], 'INVALID_METRIC'],
    [['--protocol', 'none'], '"none" for --protocol is unknown'],
    [['--next-hop', 'on-link'], 'needs an IP version'],
    [['--timeout', '1'], '"1" for --timeout'],
    [['--host', 'nobody'], 'nobody'],
  ])('%j', async (args, text) => {
    const { code, stdout, stderr } = await run(['watch', '--inventory', fleet.inventory, ...args]);
    expect(stderr).toContain(text);
    expect([code, stdout]).toEqual([64, '']);
  });
});
