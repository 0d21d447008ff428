import { describe, expect, it } from 'vitest';
import { describeProbe, type Probe } from '../../../../agent/commits/probes/probe.js';
import { parseAddress } from '../../../../proto/address.js';

const timeoutMs = 5000;
const probes: readonly [string, Probe][] = [
  ['TCP connection to 192.0.2.1:443', { kind: 'tcp-connect', host: '192.0.2.1', port: 443, timeoutMs }],
  ['TCP connection to [2001:db8::1]:443', { kind: 'tcp-connect', host: '2001:db8::1', port: 443, timeoutMs }],
  ['TCP connection to dc1.example.com:88', { kind: 'tcp-connect', host: 'dc1.example.com', port: 88, timeoutMs }],
  ['IPv6 default gateway', { kind: 'default-gateway', family: 6, timeoutMs }],
  [
    'best route to 198.51.100.1 via 10.0.0.1',
    { kind: 'best-route', destination: parseAddress('198.51.100.1'), nextHop: parseAddress('10.0.0.1'), timeoutMs },
  ],
  [
    'best route to 2001:db8::9 on-link',
    { kind: 'best-route', destination: parseAddress('2001:db8::9'), nextHop: parseAddress('::'), timeoutMs },
  ],
  ['management peer', { kind: 'management-peer', timeoutMs }],
];

describe('describeProbe', () => {
  it.each(probes)('%s', (text, probe) => {
    expect(describeProbe(probe)).toBe(text);
  });

  it('names the peer where there is one', () => {
    const peer = { address: parseAddress('192.0.2.7'), port: 50_000 };
    expect(describeProbe({ kind: 'management-peer', timeoutMs }, peer)).toBe('management peer 192.0.2.7');
  });
});
