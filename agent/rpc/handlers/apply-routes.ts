import type { ApplyRoutesRequest, ApplyRoutesResponse } from '../../../proto/gen/routefleet/v1/route_service.pb.js';
import { RefusedChangeError } from '../../commits/checks.js';
import type { Applied } from '../../commits/engine-options.js';
import type { Failure } from '../../commits/failure.js';
import { operationResults, refusedResults } from '../../commits/operation-results.js';
import type { Call } from '../call.js';
import { encodeCommit, encodeCommitSteps, encodePlanSummary, encodeProbeResult, stepsPerMessage } from '../codec/commit.js';
import type { HandlerContext } from '../context.js';
import { encodeFailure } from '../status.js';
import { receiveChange } from './change-stream.js';
import { createMailbox } from './mailbox.js';

/** Outcomes of one message. */
const chunkResults = 500;
/** Least time between two messages of progress, in ms: each costs as much as several writes. */
const progressMs = 100;

type Event = NonNullable<ApplyRoutesResponse['event']>;

/** ApplyRoutes. Progress that the client is too slow for is left out: only the latest matters. */
export async function* applyRoutes(
  { engine, limits, heldOperations }: HandlerContext,
  requests: AsyncIterable<ApplyRoutesRequest>,
  { caller, signal }: Call,
): AsyncGenerator<ApplyRoutesResponse> {
  const held = heldOperations.begin(caller.actor || String(caller.peer?.address.bytes));
  try {
    const { change, options } = await receiveChange(requests, limits.maxOperations, held.take);
    signal.throwIfAborted();
    const count = change.operations.length;
    const mailbox = createMailbox<Event>(({ $case }) => $case === 'progress');
    let nextProgress = 0;
    const applied = engine.apply(change, options, caller, {
      signal,
      onPlanned: (plan) => mailbox.put({ $case: 'planned', value: encodePlanSummary(plan) }),
      onProgress(done, total) {
        const now = performance.now();
        if (now < nextProgress && done < total) return;
        nextProgress = now + progressMs;
        mailbox.put({ $case: 'progress', value: { done, total } });
      },
    });
    for await (const event of mailbox.until(applied)) yield { event };
    try {
      yield* outcome(await applied, count);
    } catch (error) {
      if (error instanceof RefusedChangeError) yield* results(refusedResults(count, error.plan.refused));
      throw error;
    }
  } finally {
    held.release();
  }
}

function* outcome({ plan, commit, probes }: Applied, count: number): Generator<ApplyRoutesResponse> {
  yield* results(operationResults(count, plan?.refused ?? [], commit?.record));
  if (probes.length > 0) yield { event: { $case: 'probes', value: { results: probes.map(encodeProbeResult) } } };
  if (commit === undefined) return;
  for (let first = stepsPerMessage; first < commit.record.steps.length; first += stepsPerMessage) {
    yield { event: { $case: 'steps', value: encodeCommitSteps(commit.record, first) } };
  }
  yield { event: { $case: 'commit', value: encodeCommit(commit, 0) } };
}

function* results(failures: readonly (Failure | undefined)[]): Generator<ApplyRoutesResponse> {
  for (let firstIndex = 0; firstIndex < failures.length; firstIndex += chunkResults) {
    const statuses = failures
      .slice(firstIndex, firstIndex + chunkResults)
      .map((failure) => (failure === undefined ? { code: 0, message: '', details: [] } : encodeFailure(failure)));
    yield { event: { $case: 'results', value: { firstIndex, statuses } } };
  }
}
