import { describe, expect, it } from 'vitest';
import { decodeAgentInfo } from '../../../client/codec/agent-info.js';
import { decodeBestRoute, encodeBestRouteQuery } from '../../../client/codec/best-route.js';
import { MalformedAnswerError } from '../../../client/codec/malformed-answer.js';
import { decodeInterface } from '../../../client/codec/network-interface.js';
import { decodeDeleteResult, decodeSetResult } from '../../../client/codec/write.js';
import { Interface } from '../../../proto/gen/routefleet/v1/interface.pb.js';
import * as wire from '../../../proto/gen/routefleet/v1/route_service.pb.js';
import { wireRoute } from '../support/wire-route.js';

describe('answers', () => {
  it('an agent that can only read says so by absence', () => {
    const answer = wire.GetAgentResponse.fromPartial({ engine: 1, capabilities: { ipv4Writes: 1, atomicity: [1, 2, 9 as 2] }, limits: {} });
    expect(decodeAgentInfo(answer)).toMatchObject({
      engine: 'iphlpapi',
      capabilities: { ipv4Writes: 'classic', ipv6Writes: undefined, atomicity: ['allOrNothing', 'continueOnError', 'unknown(9)'] },
    });
  });

  it.each([
    ['capabilities', { limits: {} }],
    ['limits', { capabilities: {} }],
  ])('an agent without %s is malformed', (field, answer) => {
    expect(() => decodeAgentInfo(wire.GetAgentResponse.fromPartial(answer))).toThrow(`lacks "${field}"`);
  });

  it('an interface has names for its states and keeps absent values absent', () => {
    const row = Interface.fromPartial({ alias: 'a', operationalStatus: 7, transmitLinkSpeed: 0n, bindings: [{ family: 4, metric: 0 }] });
    expect(decodeInterface(row)).toMatchObject({
      operationalStatus: 'lowerLayerDown',
      administrativeStatus: undefined,
      physicalAddress: undefined,
      transmitBitsPerSecond: undefined,
      bindings: [{ family: 'ipv4', metric: 0 }],
    });
    const odd = Interface.fromPartial({ bindings: [{ family: 5 as 4 }] });
    expect(() => decodeInterface(odd)).toThrow(MalformedAnswerError);
  });

  it('a change without the row before is malformed, a deletion without a row is "there was none"', () => {
    expect(() => decodeSetResult(wire.SetRouteResponse.fromPartial({ route: wireRoute() }))).toThrow('lacks "previous"');
    expect(decodeDeleteResult(wire.DeleteRouteResponse.fromPartial({}))).toEqual({ route: undefined, function: undefined });
  });

  it('a best route tells the source address where there is one', () => {
    expect(decodeBestRoute({ route: wireRoute(), sourceAddress: '' }).sourceAddress).toBeUndefined();
    expect(() => decodeBestRoute({ route: undefined, sourceAddress: '' })).toThrow('lacks "route"');
    expect(() => encodeBestRouteQuery({ destination: '10.0.0.1', source: '::1' })).toThrow(
      expect.objectContaining({ reason: 'FAMILY_MISMATCH' }),
    );
  });
});
