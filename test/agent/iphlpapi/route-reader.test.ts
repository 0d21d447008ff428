import { expect, it } from 'vitest';
import { readRoutes } from '../../../agent/iphlpapi/route-reader.js';
import { simulateHost } from '../../../agent/simulate.js';

it('reads a large table in slices, between which others have their turn, and frees it', async () => {
  const { iphlpapi } = simulateHost({ profile: 'office', simulateHostNumber: 1 });
  iphlpapi.control.addManyRoutes(40_000);
  const { table } = await iphlpapi.getIpForwardTable2(0);
  const getIpForwardTable2 = async () => ({ code: 0 as const, table: table as NonNullable<typeof table> });
  let turns = 0;
  let reading = true;
  const count = (): void => {
    turns += 1;
    if (reading) setImmediate(count);
  };
  setImmediate(count);
  const { chunks, routes } = await readRoutes({ ...iphlpapi, getIpForwardTable2 });
  reading = false;
  expect(turns).toBeGreaterThanOrEqual(Math.floor(chunks.length / 4));
  expect(Math.max(...chunks.map(({ count: rows }) => rows))).toBe(4096);
  expect((await routes()).length).toBe(iphlpapi.control.routes().length);
  expect(iphlpapi.control.openTables).toBe(0);
});

it('frees the table also when it cannot be read', async () => {
  const { iphlpapi } = simulateHost({ profile: 'office', simulateHostNumber: 1 });
  const convertInterfaceLuidToAlias = (): number => {
    throw new Error('broken');
  };
  await expect(readRoutes({ ...iphlpapi, convertInterfaceLuidToAlias })).rejects.toThrow('broken');
  expect(iphlpapi.control.openTables).toBe(0);
});
