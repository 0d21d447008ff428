import { describe, expect, it } from 'vitest';
import { parseProbe } from '../../../../client/cli/options/probe-text.js';
import { UsageError } from '../../../../client/cli/usage-error.js';

describe('a probe', () => {
  it.each([
    ['tcp:web1.example.net:443', { tcpConnect: 'web1.example.net:443' }],
    ['tcp:[2001:db8::1]:443', { tcpConnect: '[2001:db8::1]:443' }],
    ['gateway', { defaultGatewayReachable: 'ipv4' }],
    ['gateway:ipv4', { defaultGatewayReachable: 'ipv4' }],
    ['gateway:ipv6', { defaultGatewayReachable: 'ipv6' }],
    ['best-route:2001:db8::1=fe80::1', { bestRoute: { destination: '2001:db8::1', nextHop: 'fe80::1' } }],
    ['management-peer', { managementPeer: true }],
  ])('%s', (text, probe) => {
    expect(parseProbe(text)).toEqual(probe);
  });

  it.each([
    '',
    'tcp',
    'tcp:web1',
    'tcp:web1:0',
    'tcp:web1:65536',
    'tcp:2001:db8::1:443',
    'gateway:ipv5',
    'best-route:10.0.0.1',
    'best-route:a=b=c',
    'management-peer:1',
    'ping:a',
  ])('is not "%s"', (text) => {
    expect(() => parseProbe(text)).toThrow(UsageError);
  });
});
