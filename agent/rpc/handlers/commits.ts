import type {
  CancelCommitRequest,
  CancelCommitResponse,
  ConfirmCommitRequest,
  ConfirmCommitResponse,
  ExtendCommitRequest,
  ExtendCommitResponse,
  GetCommitRequest,
  GetCommitResponse,
  ListCommitsRequest,
  ListCommitsResponse,
} from '../../../proto/gen/routefleet/v1/route_service.pb.js';
import { InvalidValueError, quote } from '../../../proto/invalid-value.js';
import { maxConfirmWithinMs } from '../../commits/unsettled.js';
import type { Call } from '../call.js';
import { missingField } from '../codec/address.js';
import { encodeCommit } from '../codec/commit.js';
import { decodeMilliseconds } from '../codec/duration.js';
import { decodeName } from '../codec/text.js';
import type { HandlerContext } from '../context.js';

const defaultPageSize = 100;
const maxPageSize = 1000;

/** ConfirmCommit. */
export async function confirmCommit(
  { engine }: HandlerContext,
  request: ConfirmCommitRequest,
  { caller }: Call,
): Promise<ConfirmCommitResponse> {
  return { commit: encodeCommit(await engine.confirm(requireId(request.commitId), caller), undefined) };
}

/** CancelCommit. */
export async function cancelCommit(
  { engine }: HandlerContext,
  request: CancelCommitRequest,
  { caller }: Call,
): Promise<CancelCommitResponse> {
  const { abandon } = request;
  return { commit: encodeCommit(await engine.cancel(requireId(request.commitId), { abandon }, caller), undefined) };
}

/** ExtendCommit. */
export async function extendCommit(
  { engine }: HandlerContext,
  { commitId, confirmWithin }: ExtendCommitRequest,
  { caller }: Call,
): Promise<ExtendCommitResponse> {
  const id = requireId(commitId);
  const ms =
    decodeMilliseconds('confirm_within', confirmWithin, maxConfirmWithinMs) ??
    missingField('confirm_within', 'the new time to confirm, from now');
  return { commit: encodeCommit(await engine.extend(id, ms, caller), undefined) };
}

/** GetCommit. */
export async function getCommit({ engine }: HandlerContext, request: GetCommitRequest): Promise<GetCommitResponse> {
  const id = decodeName('commit_id', request.commitId);
  const requestId = decodeName('request_id', request.requestId);
  if (id === '' && requestId === '') return missingField('commit_id', 'the id of a commit, or request_id');
  return { commit: encodeCommit(engine.get({ id, requestId }), request.firstStep) };
}

/** ListCommits. A page begins after the commit that its token names, so that commits made meanwhile shift nothing. */
export async function listCommits({ engine }: HandlerContext, request: ListCommitsRequest): Promise<ListCommitsResponse> {
  const owner = decodeName('owner', request.owner);
  const pageSize = request.pageSize === 0 ? defaultPageSize : Math.min(request.pageSize, maxPageSize);
  const commits = engine.list().filter(({ record }) => owner === '' || record.owner === owner);
  const start = request.pageToken === '' ? 0 : commits.findIndex(({ record }) => record.id === request.pageToken) + 1;
  if (start === 0 && request.pageToken !== '') {
    throw new InvalidValueError(
      'INVALID_ARGUMENT',
      `page_token: ${quote(request.pageToken)} is not in the history any more`,
      'begin again without a token',
    );
  }
  const page = commits.slice(start, start + pageSize);
  const next = start + pageSize < commits.length ? page.at(-1)?.record.id : undefined;
  return { commits: page.map((view) => encodeCommit(view, undefined)), nextPageToken: next ?? '' };
}

function requireId(text: string): string {
  return decodeName('commit_id', text) || missingField('commit_id', 'the id of the commit');
}
