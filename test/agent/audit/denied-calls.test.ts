import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { AuditEntry } from '../../../agent/audit/audit.js';
import { createDeniedCalls } from '../../../agent/audit/denied-calls.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const bob = { rpc: 'CreateRoute', identity: 'bob', peer: '192.0.2.7:1', reason: 'NOT_AUTHORIZED' };

function make() {
  const told: string[] = [];
  const denied = createDeniedCalls((entry: AuditEntry) => {
    if (entry.type === 'denied') told.push(`${entry.identity} ${entry.rpc} ${entry.count}`);
  });
  return { denied, told };
}

it('a flood is a line at once, and then one in ten seconds with the number of calls', () => {
  const { denied, told } = make();
  for (let call = 0; call < 10_000; call += 1) denied.add(bob);
  expect(told).toEqual(['bob CreateRoute 1']);
  vi.advanceTimersByTime(10_000);
  expect(told).toEqual(['bob CreateRoute 1', 'bob CreateRoute 9999']);
  for (let call = 0; call < 5; call += 1) denied.add(bob);
  vi.advanceTimersByTime(10_000);
  expect(told.slice(2)).toEqual(['bob CreateRoute 5']);
  vi.advanceTimersByTime(10_000);
  denied.add(bob);
  expect(told.slice(3)).toEqual(['bob CreateRoute 1']);
});

it('other identities, RPCs and reasons are told apart', () => {
  const { denied, told } = make();
  for (const call of [bob, { ...bob, identity: 'eve' }, { ...bob, rpc: 'GetAgent' }, { ...bob, reason: 'CERTIFICATE_REVOKED' }, bob]) {
    denied.add(call);
  }
  expect(told).toEqual(['bob CreateRoute 1', 'eve CreateRoute 1', 'bob GetAgent 1', 'bob CreateRoute 1']);
});

it('writes down at its end what was only counted', () => {
  const { denied, told } = make();
  for (let call = 0; call < 3; call += 1) denied.add(bob);
  denied.close();
  expect(told).toEqual(['bob CreateRoute 1', 'bob CreateRoute 2']);
  expect(vi.getTimerCount()).toBe(0);
});

it('keeps no more than a thousand apart', () => {
  const { denied, told } = make();
  for (let caller = 0; caller < 3000; caller += 1) denied.add({ ...bob, identity: `caller-${caller}` });
  expect(told.length).toBe(1001);
  denied.close();
  expect(told.slice(1000)).toEqual(['(others) CreateRoute 1', '(others) CreateRoute 1999']);
});
