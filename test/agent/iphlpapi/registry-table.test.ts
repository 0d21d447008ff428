import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { createNetioTable } from '../../../agent/iphlpapi/netio-table.js';
import type { RegistryKey } from '../../../agent/iphlpapi/registry.js';
import { withRegistry } from '../../../agent/iphlpapi/registry-table.js';
import type { Route } from '../../../agent/routes/route.js';
import type { RouteTable } from '../../../agent/routes/route-table.js';
import { simulateHost } from '../../../agent/simulate.js';
import { formatAddress } from '../../../proto/address.js';
import { formatPrefix } from '../../../proto/prefix.js';

const value = '192.168.50.0,255.255.255.0,10.20.0.9,1';
const row = { destinationPrefix: '192.168.50.0/24', nextHop: '10.20.0.9', interfaceAlias: 'Ethernet' };

function makeTable(change: Partial<RegistryKey> = {}) {
  const { iphlpapi } = simulateHost({ profile: 'office', simulateHostNumber: 1 });
  const calls = { asked: 0, read: 0 };
  const key = iphlpapi.persistentRoutes as RegistryKey;
  const persistentRoutes: RegistryKey = {
    ...key,
    lastWriteTime() {
      calls.asked += 1;
      return key.lastWriteTime();
    },
    valueNames() {
      calls.read += 1;
      return key.valueNames();
    },
    ...change,
  };
  const warn = vi.fn();
  const table = withRegistry(createNetioTable(iphlpapi, false), { ...iphlpapi, persistentRoutes }, warn);
  return { table, warn, calls, control: iphlpapi.control, iphlpapi };
}

const textOf = ({ destinationPrefix, nextHop, interface: { index } }: Route): string =>
  `${formatPrefix(destinationPrefix)} ${formatAddress(nextHop)} ${index}`;

async function marked(table: RouteTable): Promise<string[]> {
  return (await (await table.list()).routes()).filter(({ inRegistry }) => inRegistry).map(textOf);
}

describe('rows that stand in the registry', () => {
  it('are told in the table, one by one, and by the fingerprint', async () => {
    const { table, control } = makeTable();
    expect(await marked(table)).toEqual(['192.168.50.0/24 10.20.0.9 12']);
    const before = await table.list();
    expect((await table.list()).fingerprint).toBe(before.fingerprint);
    const found = (await before.routes()).find(({ inRegistry }) => inRegistry);
    expect(found && (await table.get(found))?.inRegistry).toBe(true);
    control.registry.delete(value);
    expect(await marked(table)).toEqual([]);
    expect((await table.list()).fingerprint).not.toBe(before.fingerprint);
    expect(found && (await table.get(found))?.inRegistry).toBe(false);
    expect((await before.routes()).filter(({ inRegistry }) => inRegistry)).toHaveLength(1);
  });

  it('are as many as a value fits, on-link only where its gateway is an address of the interface', async () => {
    const { table, control } = makeTable();
    control.addRoute({ ...row, interfaceAlias: 'Wi-Fi' });
    control.addRoute({ destinationPrefix: '10.99.0.0/16', interfaceAlias: 'Ethernet' });
    control.addRoute({ destinationPrefix: '10.99.0.0/16', interfaceAlias: 'Wi-Fi' });
    control.registry.set('10.99.0.0,255.255.0.0,10.20.0.10,5');
    expect(await marked(table)).toEqual(['192.168.50.0/24 10.20.0.9 12', '192.168.50.0/24 10.20.0.9 8', '10.99.0.0/16 0.0.0.0 12']);
  });

  it('are the same in a reading and one by one, whatever stands there', async () => {
    const address = fc.constantFrom('0.0.0.0', '10.0.0.0', '10.10.10.10', '44.0.0.0', '44.10.20.0');
    const mask = fc.constantFrom('255.0.0.0', '255.255.255.255', '0.0.0.0');
    const names = fc.array(
      fc.tuple(address, mask, fc.oneof(address, fc.constant('10.20.0.10')), fc.nat(3)).map((parts) => parts.join(',')),
    );
    await fc.assert(
      fc.asyncProperty(names, fc.subarray(['44.0.0.0/8', '0.0.0.0/0', '10.0.0.0/8', '44.10.20.0/32', '::/0']), async (values, prefixes) => {
        const { table, control } = makeTable();
        const add = (destinationPrefix: string, nextHop: string) =>
          control.addRoute({ destinationPrefix, nextHop, interfaceAlias: 'Ethernet' });
        for (const prefix of prefixes) {
          if (prefix === '::/0') add(prefix, 'fe80::7');
          else for (const hop of ['0.0.0.0', '10.10.10.10', '44.0.0.0']) add(prefix, hop);
        }
        for (const name of values) control.registry.set(name);
        for (const route of await (await table.list()).routes()) expect((await table.get(route))?.inRegistry).toBe(route.inRegistry);
      }),
      { numRuns: 200 },
    );
  });
});

describe('the registry', () => {
  it('is read again only when it changed, and is asked once for the rows of a batch', async () => {
    const { table, calls } = makeTable();
    const [first] = await (await table.list()).routes();
    if (first === undefined) throw new Error('no row');
    for (let round = 0; round < 5; round++) await table.list();
    expect(calls).toEqual({ asked: 6, read: 1 });
    const rows = table.batch();
    for (let round = 0; round < 5; round++) await rows.get(first);
    expect(calls).toEqual({ asked: 7, read: 1 });
  });

  it('is read again while it may still change within the same tick of the clock', async () => {
    const { table, control, calls } = makeTable();
    control.registry.delete(value);
    await table.list();
    await table.list();
    expect(calls.read).toBe(2);
  });

  it('may hold anything: what is no route is left out, and told once', async () => {
    const { table, warn, control } = makeTable();
    control.registry.set('no route');
    expect(await marked(table)).toHaveLength(1);
    expect(await marked(table)).toHaveLength(1);
    expect(warn).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('the value "no route"'));
  });

  it('fails no reading when it cannot be read, and is told of once; but whoever asks for a row learns why', async () => {
    const { table, warn } = makeTable({ lastWriteTime: () => ({ code: 5, fileTime: 0n }) });
    expect(await marked(table)).toEqual([]);
    expect(await marked(table)).toEqual([]);
    const [first] = await (await table.list()).routes();
    if (first === undefined) throw new Error('no row');
    expect((await table.get(first))?.inRegistry).toBe(false);
    expect((await table.batch().get(first))?.inRegistry).toBe(false);
    expect(warn).toHaveBeenCalledOnce();
    await expect(
      table.registry?.valuesOf({ ...first, destinationPrefix: { family: 4, bytes: new Uint8Array(4), length: 0 } }),
    ).rejects.toMatchObject({
      reason: 'ACCESS_DENIED',
      win32: { code: 5, function: 'RegQueryInfoKeyW' },
    });
  });

  it('leaves a reading whole when the addresses of the host cannot be read', async () => {
    const { table, warn, control } = makeTable();
    control.addRoute({ destinationPrefix: '10.99.0.0/16', interfaceAlias: 'Ethernet' });
    control.registry.set('10.99.0.0,255.255.0.0,10.20.0.10,5');
    control.fail('GetUnicastIpAddressTable', { call: 'every', code: 8 });
    expect(await marked(table)).toEqual([]);
    expect(warn).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('GetUnicastIpAddressTable failed'));
    control.clearFaults();
    expect(await marked(table)).toHaveLength(2);
  });

  it('without the key has no routes, and with none at all there is nothing to ask', async () => {
    const missing = { code: 2, names: [] };
    const { table, warn, iphlpapi } = makeTable({ lastWriteTime: () => ({ code: 2, fileTime: 0n }), valueNames: () => missing });
    expect(await marked(table)).toEqual([]);
    expect(warn).not.toHaveBeenCalled();
    expect(withRegistry(createNetioTable(iphlpapi, false), { ...iphlpapi, persistentRoutes: undefined }).registry).toBeUndefined();
  });

  it('has written what it says it has, or that is told', async () => {
    const { table, control } = makeTable();
    const found = await table.registry?.find(value);
    expect(found).toEqual({ name: value, type: 1, data: '0000' });
    await table.registry?.remove(value);
    await table.registry?.remove(value);
    expect(await table.registry?.find(value)).toBeUndefined();
    await table.registry?.write({ name: value, type: 2, data: '410000' });
    expect(control.registry.values()).toEqual(new Map([[value, { type: 2, data: '410000' }]]));
    control.setElevated(false);
    await expect(table.registry?.remove(value)).rejects.toMatchObject({ reason: 'ACCESS_DENIED', win32: { code: 5 } });
    const stub = makeTable({ deleteValue: () => 0, setValue: () => 0 }).table.registry;
    await expect(stub?.remove(value)).rejects.toMatchObject({ reason: 'UNVERIFIED_WRITE' });
    await expect(stub?.write({ name: value, type: 1, data: '00' })).rejects.toMatchObject({ reason: 'UNVERIFIED_WRITE' });
  });
});
