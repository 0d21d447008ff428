import { status } from '@grpc/grpc-js';
import type { Logger } from 'pino';
import { formatAddress } from '../../proto/address.js';
import { type RpcName, rpcOf, rpcRoles } from '../access/rpc-rights.js';
import { type AuditEntry, type AuditLog, bounded } from '../audit/audit.js';
import { createDeniedCalls } from '../audit/denied-calls.js';
import type { Caller } from '../commits/change.js';
import { toFailure } from '../commits/failure.js';
import type { AdmittedCall } from './admission.js';
import { type CallOfGrpc, identityIn } from './call.js';
import { codeOf } from './status.js';

/** A call that was admitted, as the audit log follows it. */
export interface AuditedCall {
  /** An answer goes out: it may name a commit. */
  sent(message: object): void;
  /** @param error - what it failed with; undefined: it did not */
  ended(error?: unknown): void;
}

/** Tells the audit log of calls, after they ended: none waits for it. */
export interface CallAudit {
  /** A call was not admitted. */
  denied(call: CallOfGrpc, error: unknown): void;
  follow(call: CallOfGrpc, admitted: AdmittedCall): AuditedCall;
  /** Writes down what was only counted. */
  close(): void;
}

/** Calls that need more than to read are told one by one, denied ones of whatever kind together. */
export function createCallAudit(audit: AuditLog, log: Pick<Logger, 'debug'>): CallAudit {
  const write = (entry: AuditEntry): void => {
    // The log tells of itself when it fails, and counts what it lost.
    audit.write(entry).catch((error: unknown) => log.debug({ failure: toFailure(error) }, 'the audit log misses an entry'));
  };
  const denials = createDeniedCalls(write);
  return {
    denied(call, error) {
      const identity = identityIn(call)?.name ?? '';
      denials.add({ rpc: nameOf(call), identity: bounded(identity), peer: call.getPeer(), reason: toFailure(error).reason });
    },
    follow(call, { caller, denied, left }) {
      const who = { rpc: nameOf(call), identity: bounded(caller.actor), peer: peerText(caller) };
      const isTold = rpcRoles[who.rpc as RpcName] !== 'viewer';
      let commit: string | undefined;
      return {
        sent(message) {
          if (isTold) commit = commitIn(message) ?? commit;
        },
        ended(error) {
          if (denied.aborted) denials.add({ ...who, reason: toFailure(denied.reason).reason });
          if (isTold) write({ type: 'call', ...who, ...outcomeOf(error ?? (left.aborted ? left.reason : undefined), commit) });
        },
      };
    },
    close: denials.close,
  };
}

function nameOf(call: CallOfGrpc): string {
  return rpcOf(call.getPath()) ?? bounded(call.getPath());
}

function peerText({ peer }: Caller): string {
  if (peer === undefined) return '';
  const address = formatAddress(peer.address);
  return `${peer.address.family === 6 ? `[${address}]` : address}:${peer.port}`;
}

function outcomeOf(
  error: unknown,
  commit: string | undefined,
): { outcome: string; reason: string | undefined; commit: string | undefined } {
  if (error === undefined) return { outcome: 'OK', reason: undefined, commit };
  const { reason, facts } = toFailure(error);
  return { outcome: status[codeOf(reason)], reason, commit: commit ?? facts?.commit_id };
}

/** Answers to writes have a commit; in a stream it is the last event. */
function commitIn(message: object): string | undefined {
  const { commit, event } = message as {
    readonly commit?: { readonly id: string };
    readonly event?: { readonly $case: string; readonly value: { readonly id?: string } };
  };
  return commit?.id ?? (event?.$case === 'commit' ? event.value.id : undefined);
}
