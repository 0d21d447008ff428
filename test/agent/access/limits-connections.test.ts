import { describe, expect, it } from 'vitest';
import { connectionLimits, createHandshakeLimits, sourceOf } from '../../../agent/access/limits-connections.js';
import { parseAddress } from '../../../proto/address.js';

const limits = { ...connectionLimits, perSource: { perSecond: 5, burst: 10 }, inAll: { perSecond: 10, burst: 40 } };

function count(take: () => boolean, times: number): number {
  return Array.from({ length: times }, take).filter(Boolean).length;
}

describe('handshakes', () => {
  it('are limited for each source', () => {
    let now = 0;
    const handshakes = createHandshakeLimits(() => now, limits);
    expect(count(() => handshakes.take('192.0.2.1'), 100)).toBe(10);
    expect(count(() => handshakes.take('192.0.2.2'), 1)).toBe(1);
    now += 2000;
    expect(count(() => handshakes.take('192.0.2.1'), 100)).toBe(10);
  });

  it('of a thousand strangers leave half of all to sources from which calls came', () => {
    const handshakes = createHandshakeLimits(() => 0, limits);
    handshakes.trust('192.0.2.1');
    let stranger = 0;
    expect(count(() => handshakes.take(`198.51.100.${stranger++}`), 1000)).toBe(20);
    expect(count(() => handshakes.take('192.0.2.1'), 100)).toBe(10);
  });

  it('of ten thousand strangers do not make a known source a stranger', () => {
    const handshakes = createHandshakeLimits(() => 0, limits);
    handshakes.trust('192.0.2.1');
    for (let stranger = 0; stranger < 10_000; stranger++) handshakes.take(`stranger ${stranger}`);
    expect(handshakes.take('192.0.2.1')).toBe(true);
  });

  it('of all addresses of one IPv6 network count together', () => {
    const sources = ['192.0.2.7', '2001:db8:1:2::7', '2001:db8:1:2:ffff::8', '2001:db8:1:3::7', 'fe80::1%5'];
    expect(sources.map((text) => sourceOf(parseAddress(text)))).toEqual([
      '192.0.2.7',
      '2001:db8:1:2::/64',
      '2001:db8:1:2::/64',
      '2001:db8:1:3::/64',
      'fe80::/64',
    ]);
  });
});
