import { describe, expect, it } from 'vitest';
import { originCodec, protocolCodec } from '../../../client/codec/route-names.js';
import * as wire from '../../../proto/gen/routefleet/v1/route.pb.js';

describe('names of an enum', () => {
  it('has one for every value of the contract, both ways', () => {
    const values = Object.values(wire.RouteProtocol).filter((value) => value !== wire.RouteProtocol.UNSPECIFIED);
    expect(values).toHaveLength(22);
    for (const value of values) expect(protocolCodec.encode(protocolCodec.decode(value))).toBe(value);
    expect(new Set(protocolCodec.names).size).toBe(values.length);
    expect(protocolCodec.decode(wire.RouteProtocol.NET_MGMT)).toBe('netMgmt');
    expect(originCodec.decode(wire.RouteOrigin.ROUTER_ADVERTISEMENT)).toBe('routerAdvertisement');
  });

  it('passes on a number that only a newer agent knows', () => {
    expect(protocolCodec.decode(123 as wire.RouteProtocol)).toBe('unknown(123)');
    expect(protocolCodec.encode('unknown(123)')).toBe(123);
  });

  it('refuses a name that is none', () => {
    expect(() => protocolCodec.encode('static' as 'netMgmt')).toThrow(
      expect.objectContaining({
        reason: 'INVALID_ENUM',
        message: '"static" is no route protocol',
        remedy: expect.stringContaining('netMgmt'),
      }),
    );
  });
});
