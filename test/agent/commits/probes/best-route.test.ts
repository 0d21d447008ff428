import { describe, expect, it } from 'vitest';
import { parseAddress } from '../../../../proto/address.js';
import { messageOf, type ProbedHost, probedHost } from './context.js';

const probe = (host: ProbedHost, destination: string, nextHop: string): Promise<string> =>
  messageOf({ kind: 'best-route', destination: parseAddress(destination), nextHop: parseAddress(nextHop), timeoutMs: 5000 }, host);

describe('the best-route probe', () => {
  it('compares the next hop of the best route', async () => {
    const host = probedHost('office');
    expect(await probe(host, '8.8.8.8', '10.20.0.1')).toBe('');
    expect(await probe(host, '8.8.8.8', '10.20.0.2')).toBe('the best route goes via 10.20.0.1 on interface 12');
    host.control.addRoute({ destinationPrefix: '8.0.0.0/8', nextHop: '10.20.0.2', interfaceAlias: 'Ethernet' });
    expect(await probe(host, '8.8.8.8', '10.20.0.2')).toBe('');
  });

  it('knows on-link by the unspecified next hop', async () => {
    const host = probedHost('office');
    expect(await probe(host, '10.20.0.99', '0.0.0.0')).toBe('');
    expect(await probe(host, '10.20.0.99', '10.20.0.1')).toBe('the best route is on-link on interface 12');
    expect(await probe(host, '2001:db8:20::99', '::')).toBe('');
  });

  it('ignores zones, and shows them', async () => {
    const host = probedHost('office');
    expect(await probe(host, '2001:db8:99::1', 'fe80::1')).toBe('');
    expect(await probe(host, '2001:db8:99::1', 'fe80::1%12')).toBe('');
    expect(await probe(host, '2001:db8:99::1', '::')).toBe('the best route goes via fe80::1%12 on interface 12');
  });

  it('never takes addresses of two families for the same', async () => {
    expect(await probe(probedHost('office'), '8.8.8.8', '::')).toBe('the best route goes via 10.20.0.1 on interface 12');
  });

  it('does not pass when no route leads there', async () => {
    const host = probedHost('office');
    host.control.setInterfaceUp('Ethernet', false);
    expect(await probe(host, '8.8.8.8', '10.20.0.1')).toContain('no route leads there');
  });
});
