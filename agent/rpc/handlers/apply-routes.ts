import type { ApplyRoutesRequest, ApplyRoutesResponse } from '../../../proto/gen/routefleet/v1/route_service.pb.js';
import { RefusedChangeError } from '../../commits/checks.js';
import type { Applied } from '../../commits/engine-options.js';
import type { Failure } from '../../commits/failure.js';
import { operationResults, refusedResults } from '../../commits/operation-results.js';
import type { Call } from '../call.js';
import { encodeCommit, encodePlanSummary, encodeProbeResult } from '../codec/commit.js';
import type { HandlerContext } from '../context.js';
import { encodeFailure } from '../status.js';
import { receiveChange } from './change-stream.js';
import { createMailbox } from './mailbox.js';

/** Outcomes of one message. */
const chunkResults = 500;

type Event = NonNullable<ApplyRoutesResponse['event']>;

/** ApplyRoutes. Progress that the client is too slow for is left out: only the latest matters. */
export async function* applyRoutes(
  { engine, limits }: HandlerContext,
  requests: AsyncIterable<ApplyRoutesRequest>,
  { caller, signal }: Call,
): AsyncGenerator<ApplyRoutesResponse> {
  const { change, options } = await receiveChange(requests, limits.maxOperations);
  signal.throwIfAborted();
  const count = change.operations.length;
  const mailbox = createMailbox<Event>(({ $case }) => $case === 'progress');
  const applied = engine.apply(change, options, caller, {
    signal,
    onPlanned: (plan) => mailbox.put({ $case: 'planned', value: encodePlanSummary(plan) }),
    onProgress: (done, total) => mailbox.put({ $case: 'progress', value: { done, total } }),
  });
  for await (const event of mailbox.until(applied)) yield { event };
  try {
    yield* outcome(await applied, count);
  } catch (error) {
    if (error instanceof RefusedChangeError) yield* results(refusedResults(count, error.plan.refused));
    throw error;
  }
}

function* outcome({ plan, commit, probes }: Applied, count: number): Generator<ApplyRoutesResponse> {
  yield* results(operationResults(count, plan?.refused ?? [], commit?.record));
  if (probes.length > 0) yield { event: { $case: 'probes', value: { results: probes.map(encodeProbeResult) } } };
  if (commit !== undefined) yield { event: { $case: 'commit', value: encodeCommit(commit, { steps: true }) } };
}

function* results(failures: readonly (Failure | undefined)[]): Generator<ApplyRoutesResponse> {
  const statuses = failures.map((failure) => (failure === undefined ? { code: 0, message: '', details: [] } : encodeFailure(failure)));
  for (let firstIndex = 0; firstIndex < statuses.length; firstIndex += chunkResults) {
    yield { event: { $case: 'results', value: { firstIndex, statuses: statuses.slice(firstIndex, firstIndex + chunkResults) } } };
  }
}
