import { describe, expect, it } from 'vitest';
import { MalformedAnswerError } from '../../../client/codec/malformed-answer.js';
import { decodeRoute } from '../../../client/codec/route.js';
import { wireRoute } from '../support/wire-route.js';

describe('a row of an answer', () => {
  it('has every member', () => {
    const row = wireRoute({
      destinationPrefix: '2001:db8::/32',
      nextHop: 'fe80::1%12',
      interfaceLuid: 0x1234_5678_9abc_def0n,
      interfaceAlias: 'Ethernet 2',
      metric: 5,
      interfaceMetric: 25,
      effectiveMetric: 30,
      origin: 1,
      validLifetime: { seconds: 1800n, nanos: 0 },
      preferredLifetime: { seconds: 600n, nanos: 0 },
      age: { seconds: 7n, nanos: 0 },
      sitePrefixLength: 32,
      loopback: true,
      autoconfigured: true,
      publish: true,
      immortal: true,
      owner: 'team-a',
      persistent: true,
      etag: 'e',
      inRegistry: true,
    });
    expect(decodeRoute(row)).toStrictEqual({
      destinationPrefix: '2001:db8::/32',
      nextHop: 'fe80::1%12',
      onLink: false,
      family: 'ipv6',
      interfaceIndex: 12,
      interfaceLuid: 0x1234_5678_9abc_def0n,
      interfaceAlias: 'Ethernet 2',
      metric: 5,
      interfaceMetric: 25,
      effectiveMetric: 30,
      protocol: 'netMgmt',
      origin: 'manual',
      validLifetimeSeconds: 1800,
      preferredLifetimeSeconds: 600,
      ageSeconds: 7,
      sitePrefixLength: 32,
      loopback: true,
      autoconfigured: true,
      publish: true,
      immortal: true,
      owner: 'team-a',
      persistent: true,
      etag: 'e',
      inRegistry: true,
    });
  });

  it('leaves out what the host does not tell, and keeps zero apart from absent', () => {
    const route = decodeRoute(wireRoute({ interfaceMetric: 0, effectiveMetric: 0 }));
    expect(route).toMatchObject({ interfaceMetric: 0, effectiveMetric: 0 });
    expect(decodeRoute(wireRoute())).toMatchObject({
      interfaceAlias: undefined,
      interfaceMetric: undefined,
      origin: undefined,
      validLifetimeSeconds: undefined,
      ageSeconds: undefined,
      owner: undefined,
    });
  });

  it.each([
    ['0.0.0.0/0', '0.0.0.0', true, 'ipv4'],
    ['::/0', '::', true, 'ipv6'],
    ['0.0.0.0/0', '192.0.2.1', false, 'ipv4'],
  ])('%s via %s: on-link %s, %s', (destinationPrefix, nextHop, onLink, family) => {
    expect(decodeRoute(wireRoute({ destinationPrefix, nextHop }))).toMatchObject({ onLink, family });
  });

  it.each([{ destinationPrefix: '' }, { destinationPrefix: '10.0.0.0' }, { nextHop: '' }])('refuses %o', (row) => {
    expect(() => decodeRoute(wireRoute(row))).toThrow(MalformedAnswerError);
  });
});
