import { status } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import { decodeAgentInfo } from '../../../client/codec/agent-info.js';
import { decodeBestRoute, encodeBestRouteQuery } from '../../../client/codec/best-route.js';
import { MalformedAnswerError } from '../../../client/codec/malformed-answer.js';
import { decodeInterface } from '../../../client/codec/network-interface.js';
import { decodeDeleteResult, decodeSetResult } from '../../../client/codec/write.js';
import { CommitState } from '../../../proto/gen/routefleet/v1/commit.pb.js';
import { Interface } from '../../../proto/gen/routefleet/v1/interface.pb.js';
import * as wire from '../../../proto/gen/routefleet/v1/route_service.pb.js';
import { wireStatus } from '../support/fake-service.js';
import { wireRoute } from '../support/wire-route.js';

describe('answers', () => {
  it('an agent that can only read says so by absence', () => {
    const answer = wire.GetAgentResponse.fromPartial({ engine: 1, capabilities: { ipv4Writes: 1, atomicity: [1, 2, 9 as 2] }, limits: {} });
    expect(decodeAgentInfo(answer)).toMatchObject({
      engine: 'iphlpapi',
      capabilities: { ipv4Writes: 'classic', ipv6Writes: undefined, atomicity: ['allOrNothing', 'continueOnError', 'unknown(9)'] },
    });
  });

  it('an agent tells of its pending commit, of drift, and why it writes nothing', () => {
    const answer = wire.GetAgentResponse.fromPartial({
      capabilities: {},
      limits: {},
      pendingCommit: { id: 'c1', state: CommitState.ROLLBACK_FAILED },
      drift: [
        {
          owner: 'a',
          desired: { destinationPrefix: '10.9.0.0/16', interface: { selector: { $case: 'luid', value: 5n } }, persistent: true },
        },
        {
          owner: 'a',
          desired: { destinationPrefix: '::/0', nextHop: 'fe80::1', metric: 0 },
          observed: wireRoute(),
          reason: 'DRIFT_REPORT_ONLY',
        },
      ],
      writeStatus: wireStatus(status.FAILED_PRECONDITION, 'the journal is damaged', {
        reason: 'JOURNAL_DAMAGED',
        metadata: { remedy: 'r' },
      }),
    });
    expect(decodeAgentInfo(answer)).toMatchObject({
      pendingCommit: { id: 'c1', state: 'rollbackFailed' },
      drift: [
        {
          owner: 'a',
          desired: { destinationPrefix: '10.9.0.0/16', nextHop: undefined, interface: { luid: 5n }, metric: undefined, persistent: true },
          observed: undefined,
          reason: undefined,
        },
        { desired: { nextHop: 'fe80::1', interface: undefined, metric: 0 }, observed: { metric: 0 }, reason: 'DRIFT_REPORT_ONLY' },
      ],
      writeStatus: { code: 'FAILED_PRECONDITION', reason: 'JOURNAL_DAMAGED', remedy: 'r' },
    });
    const calm = decodeAgentInfo(wire.GetAgentResponse.fromPartial({ capabilities: {}, limits: {} }));
    expect(calm).toMatchObject({ pendingCommit: undefined, drift: [], writeStatus: undefined });
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
    // As an agent answers that knows of no registry.
    expect(decodeDeleteResult(wire.DeleteRouteResponse.fromPartial({}))).toEqual({ registryValues: [], warnings: [] });
  });

  it('a best route tells the source address where there is one', () => {
    expect(decodeBestRoute({ route: wireRoute(), sourceAddress: '' }).sourceAddress).toBeUndefined();
    expect(() => decodeBestRoute({ route: undefined, sourceAddress: '' })).toThrow('lacks "route"');
    expect(() => encodeBestRouteQuery({ destination: '10.0.0.1', source: '::1' })).toThrow(
      expect.objectContaining({ reason: 'FAMILY_MISMATCH' }),
    );
  });
});
