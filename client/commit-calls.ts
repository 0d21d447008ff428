import type { Commit as WireCommit } from '../proto/gen/routefleet/v1/commit.pb.js';
import { RouteServiceService as service } from '../proto/gen/routefleet/v1/route_service.pb.js';
import type { Calls } from './calls.js';
import { decodeCommit, decodeCommitAnswer, decodeStep } from './codec/commit.js';
import { MalformedAnswerError, required } from './codec/malformed-answer.js';
import { encodeDurationMs } from './codec/numbers.js';
import type { CallOptions } from './model/call-options.js';
import type { Commit, CommitQuery, CommitStep } from './model/commit.js';
import type { CommitClient } from './route-client.js';

/** The life of commits. */
export function createCommitCalls(calls: Calls): CommitClient {
  async function* listCommits({ owner = '', pageSize = 0 }: CommitQuery, options: CallOptions): AsyncGenerator<Commit, void, undefined> {
    let pageToken = '';
    do {
      const page = await calls.unary(
        'ListCommits',
        service.listCommits,
        options,
        () => ({ owner, pageSize, pageToken }),
        ({ commits, nextPageToken }) => ({ commits: commits.map((commit) => decodeCommit(commit)), nextPageToken }),
      );
      yield* page.commits;
      pageToken = page.nextPageToken;
    } while (pageToken !== '');
  }

  return {
    async confirmCommit(commitId, { freshConnection = true, ...options } = {}) {
      const confirm = (via: Calls) => via.unary('ConfirmCommit', service.confirmCommit, options, () => ({ commitId }), decodeCommitAnswer);
      return freshConnection ? calls.overFreshConnection(confirm) : confirm(calls);
    },

    cancelCommit: (commitId, { abandon = false, ...options } = {}) =>
      calls.unary('CancelCommit', service.cancelCommit, options, () => ({ commitId, abandon }), decodeCommitAnswer),

    extendCommit: (commitId, { confirmWithinMs, ...options }) =>
      calls.unary(
        'ExtendCommit',
        service.extendCommit,
        options,
        () => ({ commitId, confirmWithin: encodeDurationMs(confirmWithinMs, 'the time to confirm') }),
        decodeCommitAnswer,
      ),

    getCommit: (key, options = {}) =>
      calls.attempt('GetCommit', async () => {
        const get = (request: { readonly commitId: string; readonly requestId: string }, firstStep: number): Promise<WireCommit> =>
          calls.unary(
            'GetCommit',
            service.getCommit,
            options,
            () => ({ ...request, firstStep }),
            (answer) => required(answer.commit, 'commit'),
          );
        const commit = await get(
          typeof key === 'string' ? { commitId: key, requestId: '' } : { commitId: '', requestId: key.requestId },
          0,
        );
        const moreSteps: CommitStep[] = [];
        for (let known = commit.steps.length; known < commit.stepCount; known = commit.steps.length + moreSteps.length) {
          // By its id: the last commit of a request may be another one by now.
          const { steps } = await get({ commitId: commit.id, requestId: '' }, known);
          if (steps.length === 0) throw new MalformedAnswerError(`${known} of ${commit.stepCount} steps came`);
          for (const step of steps) moreSteps.push(decodeStep(step));
        }
        return decodeCommit(commit, moreSteps);
      }),

    listCommits: (query = {}, options = {}) => listCommits(query, options),
  };
}
