import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKernelFleet, type KernelFleet } from '../support/kernel-fleet.js';
import { missingForKernelRig } from '../support/kernel-rig.js';

const missing = missingForKernelRig();

describe.skipIf(missing !== undefined)(`a fleet of namespaces, from its controller${missing ? ` (missing: ${missing})` : ''}`, () => {
  let fleet: KernelFleet;
  beforeAll(async () => {
    fleet = await createKernelFleet({ hosts: 3 });
  });
  afterAll(() => fleet?.remove());

  const tablesOf = (prefix: string): Promise<string[]> =>
    Promise.all(fleet.hosts.map(({ namespace }) => namespace.ip(`route show exact ${prefix}`)));
  const reached = (): Promise<boolean[]> => Promise.all(fleet.hosts.map(({ reaches }) => reaches(fleet.target)));

  it('adds a route everywhere, moves it to another router, and deletes it', async () => {
    const { run } = fleet.controller;
    const [one, other] = fleet.routers.map(({ address }) => address);
    expect(await reached()).toEqual([false, false, false]);
    const add = ['routes', 'add', '198.19.0.0/24', '--next-hop'];
    expect(await run(...add, `${one}`, '--metric', '5', '--all')).toMatchObject({ code: 0, stderr: '' });
    for (const table of await tablesOf('198.19.0.0/24'))
      expect(table).toMatch(new RegExp(`^198.19.0.0/24 via ${one} dev lan0 .*metric 30 `));
    expect(await reached()).toEqual([true, true, true]);

    expect(await run(...add, `${other}`, '--all')).toMatchObject({ code: 0 });
    expect(await run('routes', 'delete', '198.19.0.0/24', '--next-hop', `${one}`, '--all')).toMatchObject({ code: 0 });
    for (const table of await tablesOf('198.19.0.0/24'))
      expect(table).toMatch(new RegExp(`^198.19.0.0/24 via ${other} dev lan0 .*metric 25 $`, 'm'));
    expect(await reached()).toEqual([true, true, true]);

    expect(await run('routes', 'delete', '198.19.0.0/24', '--next-hop', `${other}`, '--all')).toMatchObject({ code: 0 });
    expect(await tablesOf('198.19.0.0/24')).toEqual(['', '', '']);
  });

  it('lists the hosts that answer while one has lost its link', async () => {
    const { run } = fleet.controller;
    const [cut] = fleet.hosts;
    await cut?.namespace.ip('link set lan0 down');
    try {
      const { code, stdout, stderr } = await run('routes', 'list', '--within', '192.0.2.0/24', '--timeout', '2s');
      expect(code).toBe(3);
      expect(stderr).toMatch(/^host-1: .*Remedy: /);
      expect(stdout).not.toContain('host-1');
      for (const host of ['host-2', 'host-3']) expect(stdout).toMatch(new RegExp(`^${host} +192\\.0\\.2\\.0/24 +on-link`, 'm'));
    } finally {
      await cut?.namespace.ip('link set lan0 up');
    }
    expect(await run('agent', 'info')).toMatchObject({ code: 0, stderr: '' });
  });
});
