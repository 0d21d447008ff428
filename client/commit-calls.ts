import { RouteServiceService as service } from '../proto/gen/routefleet/v1/route_service.pb.js';
import type { Calls } from './calls.js';
import { decodeCommit, decodeCommitAnswer } from './codec/commit.js';
import { encodeDurationMs } from './codec/numbers.js';
import type { CallOptions } from './model/call-options.js';
import type { Commit, CommitQuery } from './model/commit.js';
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
        ({ commits, nextPageToken }) => ({ commits: commits.map(decodeCommit), nextPageToken }),
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
      calls.unary(
        'GetCommit',
        service.getCommit,
        options,
        () => (typeof key === 'string' ? { commitId: key, requestId: '' } : { commitId: '', requestId: key.requestId }),
        decodeCommitAnswer,
      ),

    listCommits: (query = {}, options = {}) => listCommits(query, options),
  };
}
