import type { ServiceError } from '@grpc/grpc-js';
import { type Metadata, status } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import { fromServiceError } from '../../../client/errors/from-service-error.js';
import type { FailedCall } from '../../../client/errors/transport-failure.js';
import { agentStatus, bareStatus } from '../support/fake-service.js';

const call: FailedCall = {
  address: '10.0.0.2:7420',
  method: 'ListRoutes',
  secure: true,
  connected: false,
  timeoutMs: 500,
  signal: undefined,
};

function serviceError(object: { code: number; details: string; metadata: Metadata }): ServiceError {
  return Object.assign(new Error(object.details), object);
}

function bare(code: status, details: string, facts: Partial<FailedCall> = {}) {
  return fromServiceError(serviceError(bareStatus(code, details)), { ...call, ...facts });
}

describe("an agent's own error", () => {
  it('keeps reason, remedy, Windows call and metadata', () => {
    const metadata = {
      remedy: 'set it instead',
      win32_code: '5010',
      win32_name: 'ERROR_OBJECT_ALREADY_EXISTS',
      win32_message: 'The object already exists.',
      function: 'CreateIpForwardEntry2',
    };
    const sent = serviceError(agentStatus(status.ALREADY_EXISTS, 'there is a row', { reason: 'ROUTE_EXISTS', metadata }));
    expect(fromServiceError(sent, call)).toMatchObject({
      code: 'ALREADY_EXISTS',
      reason: 'ROUTE_EXISTS',
      message: 'there is a row',
      remedy: 'set it instead',
      win32: {
        code: 5010,
        name: 'ERROR_OBJECT_ALREADY_EXISTS',
        message: 'The object already exists.',
        function: 'CreateIpForwardEntry2',
      },
      metadata,
      address: '10.0.0.2:7420',
      method: 'ListRoutes',
      cause: sent,
    });
  });

  it('with a reason of a newer agent is UNKNOWN, and the metadata has the reason', () => {
    const sent = serviceError(agentStatus(status.ABORTED, 'm', { reason: 'FROM_THE_FUTURE', metadata: { a: 'b' } }));
    expect(fromServiceError(sent, call)).toMatchObject({
      code: 'ABORTED',
      reason: 'UNKNOWN',
      metadata: { a: 'b', reason: 'FROM_THE_FUTURE' },
      win32: undefined,
    });
  });

  it('is not taken from another domain, nor from a trailer that cannot be read', () => {
    const foreign = serviceError(agentStatus(status.INTERNAL, 'm', { reason: 'ROUTE_EXISTS', domain: 'example.net' }));
    expect(fromServiceError(foreign, call)).toMatchObject({ reason: 'UNKNOWN', message: 'm' });
    const garbled = serviceError(bareStatus(status.INTERNAL, 'm'));
    garbled.metadata.set('grpc-status-details-bin', Buffer.from([0xff, 0xff, 0xff]));
    expect(fromServiceError(garbled, call)).toMatchObject({ reason: 'UNKNOWN', code: 'INTERNAL', message: 'm' });
  });
});

describe('a failure of the transport, in the words of grpc-js and OpenSSL', () => {
  const openssl = (alert: string) => `No connection established. Last error: 80E:error:0A00:SSL routines:ssl3_read_bytes:${alert}:../deps`;

  it.each([
    ['UNREACHABLE', 'connection refused', 'No connection established. Last error: Error: connect ECONNREFUSED 10.0.0.2:7420.'],
    ['UNREACHABLE', 'no such host name', 'Name resolution failed for target dns:nosuch:7420'],
    ['UNREACHABLE', 'no route to', 'No connection established. Last error: Error: connect EHOSTUNREACH 10.0.0.2:7420'],
    ['UNREACHABLE', 'does not answer', 'No connection established. Last error: Error: connect ETIMEDOUT 10.0.0.2:7420'],
    ['UNREACHABLE', 'broke during the call', 'Connection dropped'],
    ['UNREACHABLE', 'broke during the call', 'read ECONNRESET'],
    ['UNREACHABLE', 'broke before the TLS handshake was over', 'No connection established. Last error: Error: read ECONNRESET'],
    ['TLS_REFUSED', 'after the handshake', 'No connection established. Last error: read ECONNRESET (2026-11-24T04:11:06.953Z).'],
    ['TLS_REFUSED', 'has expired', 'No connection established. Last error: Error: certificate has expired.'],
    ['TLS_REFUSED', 'not valid yet', 'No connection established. Last error: Error: certificate is not yet valid.'],
    ['TLS_REFUSED', 'another host name', "Error [ERR_TLS_CERT_ALTNAME_INVALID]: Hostname/IP does not match certificate's altnames"],
    ['TLS_REFUSED', 'not from a trusted CA', 'Last error: Error: self-signed certificate in certificate chain.'],
    ['TLS_REFUSED', 'not from a trusted CA', 'Last error: Error: unable to verify the first certificate.'],
    ['TLS_REFUSED', 'refuses the client certificate', openssl('tlsv13 alert certificate required')],
    ['TLS_REFUSED', 'it is revoked', openssl('sslv3 alert certificate revoked')],
    ['TLS_REFUSED', 'it has expired', openssl('sslv3 alert certificate expired')],
    ['TLS_REFUSED', 'does not speak TLS', openssl('wrong version number')],
    ['TLS_REFUSED', 'does not speak gRPC over TLS 1.3', openssl('tlsv1 alert protocol version')],
    ['TLS_REFUSED', 'after the handshake', 'No connection established. Last error: Failed to connect (2026-11-24T04:11:06.953Z).'],
  ])('%s, %s', (reason, told, details) => {
    const error = bare(status.UNAVAILABLE, details);
    expect(error).toMatchObject({ code: 'UNAVAILABLE', reason, remedy: expect.stringMatching(/\w/) });
    expect(error.message).toContain(told);
  });

  it('a close at once in plaintext means that the other side expects TLS', () => {
    const details = 'No connection established. Last error: Failed to connect (2026-11-24T04:11:06.953Z).';
    expect(bare(status.UNAVAILABLE, details, { secure: false }).message).toContain('does not speak plaintext gRPC');
  });

  it('what nobody foresaw is told without the wrapping of grpc-js', () => {
    const details = 'No connection established. Last error: Error: connect EINVAL x (2026-11-24T04:11:06.953Z). Resolution note: ';
    expect(bare(status.UNAVAILABLE, details)).toMatchObject({
      reason: 'UNREACHABLE',
      message: 'no connection to 10.0.0.2:7420: connect EINVAL x',
    });
  });

  it('a deadline tells a silent agent from one that was never reached', () => {
    expect(bare(status.DEADLINE_EXCEEDED, 'x', { connected: true })).toMatchObject({
      reason: 'DEADLINE_EXCEEDED',
      message: '10.0.0.2:7420 did not answer within 500 ms',
    });
    expect(bare(status.DEADLINE_EXCEEDED, 'x')).toMatchObject({
      reason: 'UNREACHABLE',
      message: 'no connection to 10.0.0.2:7420 within 500 ms',
    });
  });

  it('a write that was under way may have been done, and says so', () => {
    const write = { method: 'CreateRoute', connected: true };
    expect(bare(status.DEADLINE_EXCEEDED, 'x', write).remedy).toContain('it may have been done');
    expect(bare(status.CANCELLED, 'x', write).remedy).toContain('it may have been done');
    expect(bare(status.CANCELLED, 'x', { connected: true }).remedy).toBeUndefined();
    expect(bare(status.CANCELLED, 'x', { ...write, connected: false }).remedy).toBeUndefined();
  });

  it('an abort has the reason of the signal as its cause', () => {
    const cause = new Error('shutting down');
    expect(bare(status.CANCELLED, 'x', { signal: AbortSignal.abort(cause) })).toMatchObject({
      code: 'CANCELLED',
      reason: 'CANCELLED',
      message: 'cancelled by the caller',
      cause,
    });
  });

  it('an agent that does not know a method is to be updated', () => {
    expect(bare(status.UNIMPLEMENTED, 'x')).toMatchObject({ code: 'UNIMPLEMENTED', message: '10.0.0.2:7420 does not offer ListRoutes' });
  });
});
