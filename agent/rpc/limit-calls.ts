import { ServerInterceptingCall, type ServerInterceptingCallInterface, type ServerInterceptor } from '@grpc/grpc-js';
import type { Logger } from 'pino';
import { type CallLimits, kindOf } from '../access/limits.js';
import { rpcOf } from '../access/rpc-rights.js';
import { RouteTableError } from '../routes/errors.js';
import { identityIn } from './call.js';
import type { Connections } from './connections.js';
import { toStatus } from './status.js';

/** Time for a request to arrive once its headers did, in ms. Requests of several messages have no limit: their callers may have reasons to wait. */
const requestMs = 30_000;

/**
 * Refuses calls that are too many before their messages are read, whatever service they are for. Refusals are logged once in a while, with
 * their number; whoever goes on and on is shut out for a while.
 */
export function limitCalls(limits: CallLimits, connections: Connections, log: Logger): ServerInterceptor {
  return ({ path, requestStream }, call) => {
    const peer = call.getPeer();
    const account = connections.accountOf(peer, () => identityIn(call)?.name);
    // What came in one packet with the call for which the connection was closed.
    if (account === undefined) return unserved(call, connectionClosed());
    const entry = limits.enter(account, kindOf(rpcOf(path)));
    if (entry.let === 'in') return timed(call, requestStream, entry.leave);
    const { error, disconnect, report } = entry;
    if (report !== undefined) log.warn({ identity: account, peer, rpc: path, refused: report, details: error.message }, 'too many calls');
    if (disconnect) connections.cut(peer);
    return unserved(call, error);
  };
}

function unserved(call: ServerInterceptingCallInterface, error: RouteTableError): ServerInterceptingCall {
  return new ServerInterceptingCall(call, {
    start: (next) => next({ onReceiveMetadata: () => call.sendStatus(toStatus(error).status) }),
  });
}

function connectionClosed(): RouteTableError {
  return new RouteTableError('CANCELLED', 'the connection is closed', { remedy: 'connect again' });
}

function timed(call: ServerInterceptingCallInterface, requestStream: boolean, leave: () => void): ServerInterceptingCall {
  return new ServerInterceptingCall(call, {
    start(next) {
      let late: NodeJS.Timeout | undefined;
      let started = false;
      next({
        onReceiveMetadata(metadata, proceed) {
          started = true;
          if (!requestStream) late = setTimeout(() => call.sendStatus(toStatus(requestMissing()).status), requestMs).unref();
          proceed(metadata);
        },
        onReceiveHalfClose(proceed) {
          clearTimeout(late);
          proceed();
        },
        onCancel() {
          clearTimeout(late);
          leave();
        },
      });
      // grpc-js tells of the end of every call, but not of one that was reset before it started.
      if (!started) leave();
    },
  });
}

function requestMissing(): RouteTableError {
  const remedy = 'send the whole request with its headers';
  return new RouteTableError('CANCELLED', `the request did not arrive within ${requestMs / 1000} s`, { remedy });
}
