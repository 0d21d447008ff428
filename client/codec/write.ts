import type { WriteOptions } from '../../proto/gen/routefleet/v1/commit.pb.js';
import type * as wire from '../../proto/gen/routefleet/v1/route_service.pb.js';
import type { WriteCallOptions } from '../model/call-options.js';
import type { CreateRouteResult, DeleteRouteResult, SetRouteResult } from '../model/results.js';
import { riskCodec } from './change-names.js';
import { optionalCommit } from './commit.js';
import { required } from './malformed-answer.js';
import { decodeText, encodeDurationMs } from './numbers.js';
import { decodeWarning } from './plan.js';
import { encodeProbe } from './probe.js';
import { decodeRoute, optionalRoute } from './route.js';

/**
 * What goes with every write.
 *
 * @throws InvalidValueError for a time, risk or probe that is none
 */
export function encodeWriteOptions(options: WriteCallOptions): WriteOptions {
  return {
    requestId: options.requestId ?? '',
    validateOnly: options.validateOnly ?? false,
    owner: options.owner ?? '',
    comment: options.comment ?? '',
    confirmWithin: encodeDurationMs(options.confirmWithinMs, 'the time to confirm'),
    commitId: options.commitId ?? '',
    requireFreshConnection: options.requireFreshConnection ?? false,
    acceptedRisks: (options.acceptedRisks ?? []).map(riskCodec.encode),
    probes: (options.probes ?? []).map(encodeProbe),
    expectedRevision: options.expectedRevision,
  };
}

/** @throws MalformedAnswerError for an answer without a route */
export function decodeCreateResult({ route, alreadyExisted, function: name, commit }: wire.CreateRouteResponse): CreateRouteResult {
  return { route: decodeRoute(required(route, 'route')), alreadyExisted, function: decodeText(name), commit: optionalCommit(commit) };
}

/** @throws MalformedAnswerError for an answer without both rows */
export function decodeSetResult({ route, previous, function: name, commit, warnings }: wire.SetRouteResponse): SetRouteResult {
  return {
    route: decodeRoute(required(route, 'route')),
    previous: decodeRoute(required(previous, 'previous')),
    function: decodeText(name),
    commit: optionalCommit(commit),
    warnings: warnings.map(decodeWarning),
  };
}

/** A deleted row, or none. */
export function decodeDeleteResult(answer: wire.DeleteRouteResponse): DeleteRouteResult {
  const { route, function: name, commit, registryValues, warnings } = answer;
  return {
    route: optionalRoute(route),
    function: decodeText(name),
    commit: optionalCommit(commit),
    registryValues,
    warnings: warnings.map(decodeWarning),
  };
}
