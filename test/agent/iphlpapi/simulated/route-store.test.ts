import { afterEach, describe, expect, it, vi } from 'vitest';
import { profiles } from '../../../../agent/iphlpapi/simulated/profiles.js';
import { createSimulatedIphlpapi, type SimulatedIphlpapi } from '../../../../agent/iphlpapi/simulated/simulated-iphlpapi.js';
import { formatPrefix } from '../../../../proto/prefix.js';
import { rig, row2 } from './rows.js';

const timed = row2('192.0.2.0/24', '10.20.0.1', { validLifetime: 60, preferredLifetime: 30 });
const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function ageOf(api: SimulatedIphlpapi, prefix: string): number | undefined {
  return api.control.routes().find((row) => formatPrefix(row.destinationPrefix) === prefix)?.age;
}

describe('age', () => {
  it('counts whole seconds since the row was added or modified', () => {
    const { api, advance } = rig('office');
    advance(100);
    expect(ageOf(api, '0.0.0.0/0')).toBe(100);
    api.setIpForwardEntry2(row2('0.0.0.0/0', '10.20.0.1', { metric: 1 }));
    advance(3.5);
    expect(ageOf(api, '0.0.0.0/0')).toBe(3);
    expect(ageOf(api, '127.0.0.0/8')).toBe(103);
  });
});

describe('valid lifetime', () => {
  it('ends the row, with a notification', async () => {
    const { api, advance } = rig('office');
    const types: number[] = [];
    api.createIpForwardEntry2(timed);
    api.notifyRouteChange2(0, (_, type) => types.push(type), false);
    advance(59.9);
    expect(api.getIpForwardEntry2(timed.slice())).toBe(0);
    advance(0.1);
    expect(api.getIpForwardEntry2(timed.slice())).toBe(1168);
    await nextTurn();
    expect(types).toEqual([2]);
  });

  it('starts anew when the row is set', () => {
    const { api, advance } = rig('office');
    api.createIpForwardEntry2(timed);
    advance(50);
    api.setIpForwardEntry2(timed);
    advance(50);
    expect(ageOf(api, '192.0.2.0/24')).toBe(50);
    advance(10);
    expect(ageOf(api, '192.0.2.0/24')).toBeUndefined();
  });

  it('ends rows one after the other', () => {
    const { api, advance } = rig('office');
    api.createIpForwardEntry2(timed);
    api.createIpForwardEntry2(row2('198.51.100.0/24', '10.20.0.1', { validLifetime: 90, preferredLifetime: 90 }));
    advance(60);
    expect([ageOf(api, '192.0.2.0/24'), ageOf(api, '198.51.100.0/24')]).toEqual([undefined, 60]);
    advance(30);
    expect(ageOf(api, '198.51.100.0/24')).toBeUndefined();
  });

  it('does not end what a router advertises again and again', () => {
    const { api, advance } = rig('office');
    advance(86_400);
    expect(ageOf(api, '::/0')).toBe(86_400);
  });

  describe('on the real clock', () => {
    afterEach(() => {
      vi.useRealTimers();
    });

    it('ends the row though nobody calls', () => {
      vi.useFakeTimers();
      const api = createSimulatedIphlpapi({ host: profiles.office });
      const types: number[] = [];
      api.createIpForwardEntry2(timed);
      api.notifyRouteChange2(0, (_, type) => types.push(type), false);
      vi.advanceTimersByTime(59_000);
      expect(types).toEqual([]);
      vi.advanceTimersByTime(2000);
      expect(types).toEqual([2]);
    });
  });
});
