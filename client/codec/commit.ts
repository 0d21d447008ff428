import type * as wire from '../../proto/gen/routefleet/v1/commit.pb.js';
import { decodeFailure } from '../errors/agent-failure.js';
import type { Commit, CommitStep, ProbeResult } from '../model/commit.js';
import { commitStateCodec, stepKindCodec } from './change-names.js';
import { required } from './malformed-answer.js';
import { decodeDurationMs, decodeText } from './numbers.js';
import { optionalRoute } from './route.js';

/** A commit of an answer, with steps that came apart from it. */
export function decodeCommit(commit: wire.Commit, moreSteps: readonly CommitStep[] = []): Commit {
  const { id, createTime, endTime, revisionBefore, revisionAfter, requireFreshConnection } = commit;
  return {
    id,
    requestId: decodeText(commit.requestId),
    state: commitStateCodec.decode(commit.state),
    actor: decodeText(commit.actor),
    owner: decodeText(commit.owner),
    comment: decodeText(commit.comment),
    createTime,
    endTime,
    confirmRemainingMs: decodeDurationMs(commit.confirmRemaining),
    requireFreshConnection,
    revisionBefore,
    revisionAfter,
    steps: [...commit.steps.map(decodeStep), ...moreSteps],
    probes: commit.probes.map(decodeProbeResult),
    failure: decodeFailure(commit.status),
  };
}

/** The commit of a write; undefined where nothing was written. */
export function optionalCommit(commit: wire.Commit | undefined): Commit | undefined {
  return commit === undefined ? undefined : decodeCommit(commit);
}

/** @throws MalformedAnswerError for an answer without a commit */
export function decodeCommitAnswer({ commit }: { readonly commit: wire.Commit | undefined }): Commit {
  return decodeCommit(required(commit, 'commit'));
}

/** A step of a commit. */
export function decodeStep(step: wire.CommitStep): CommitStep {
  const { kind, before, after, status, operationIndex, registryValues } = step;
  return {
    kind: stepKindCodec.decode(kind),
    before: optionalRoute(before),
    after: optionalRoute(after),
    function: decodeText(step.function),
    failure: decodeFailure(status),
    operationIndex,
    registryValues: registryValues.length === 0 ? undefined : registryValues,
  };
}

/** What a probe found. */
export function decodeProbeResult({ probe, passedBefore, passedAfter, message }: wire.ProbeResult): ProbeResult {
  return { probe, passedBefore, passedAfter, message: decodeText(message) };
}
