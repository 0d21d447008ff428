import { status } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import { decodeFailure } from '../../../client/errors/agent-failure.js';
import { wireStatus } from '../support/fake-service.js';

describe('a status inside an answer', () => {
  it.each([undefined, wireStatus(status.OK, '', {})])('is no failure when it is absent or OK', (sent) => {
    expect(decodeFailure(sent)).toBeUndefined();
  });

  it('keeps reason, remedy and metadata', () => {
    const sent = wireStatus(status.NOT_FOUND, 'none', { reason: 'ROUTE_NOT_FOUND', metadata: { remedy: 'look', win32_code: '1168' } });
    expect(decodeFailure(sent)).toEqual({
      code: 'NOT_FOUND',
      reason: 'ROUTE_NOT_FOUND',
      message: 'none',
      remedy: 'look',
      win32: { code: 1168, name: 'error 1168', message: undefined, function: undefined },
      metadata: { remedy: 'look', win32_code: '1168' },
    });
  });

  it('with a reason of a newer agent is UNKNOWN, and the metadata has it', () => {
    expect(decodeFailure(wireStatus(status.ABORTED, 'm', { reason: 'FROM_THE_FUTURE' }))).toMatchObject({
      reason: 'UNKNOWN',
      metadata: { reason: 'FROM_THE_FUTURE' },
    });
  });

  it('still holds when its details cannot be read', () => {
    const details = [{ typeUrl: 'type.googleapis.com/google.rpc.ErrorInfo', value: Buffer.from([0xff]) }];
    expect(decodeFailure({ code: status.ABORTED, message: 'm', details })).toEqual({ code: 'ABORTED', reason: 'UNKNOWN', message: 'm' });
  });
});
