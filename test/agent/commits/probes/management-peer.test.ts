import { describe, expect, it } from 'vitest';
import { parseAddress } from '../../../../proto/address.js';
import { messageOf, probedHost } from './context.js';

const probe = { kind: 'management-peer', timeoutMs: 2000 } as const;

// What refusals and silence on a link prove: test/kernel/neighbours.test.ts.
describe('the management-peer probe', () => {
  it.each(['127.0.0.1', '127.9.9.9', '::1'])('passes for %s without asking: loopback needs no route', async (text) => {
    // There is no such port: to ask would fail.
    expect(await messageOf(probe, { ...probedHost('office'), peer: { address: parseAddress(text), port: 65_536 } })).toBe('');
  });

  it('does not pass when the call had no address', async () => {
    expect(await messageOf(probe, probedHost('office'))).toBe('the call came over a connection without an address');
  });

  it('does not pass when the system sends nothing', async () => {
    const peer = { address: parseAddress('255.255.255.255'), port: 9 };
    expect(await messageOf(probe, { ...probedHost('office'), peer })).not.toBe('');
  });
});
