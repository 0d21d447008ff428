import { RouteTableError } from '../routes/errors.js';
import type { CommitOptions } from './change.js';
import type { CommitRecord } from './commit.js';

type Commits = ReadonlyMap<string, CommitRecord>;

/** The newest commit of a request; undefined: none. */
export function lastOfRequest(commits: Commits, requestId: string): CommitRecord | undefined {
  return requestId === '' ? undefined : [...commits.values()].findLast((record) => record.requestId === requestId);
}

/** The commit that an equal request made before; undefined: the request is new. @throws RouteTableError REQUEST_ID_REUSED */
export function repeatedCommit(
  commits: Commits,
  { requestId, contentHash }: Pick<CommitOptions, 'requestId' | 'contentHash'>,
): CommitRecord | undefined {
  const known = lastOfRequest(commits, requestId);
  if (known === undefined || known.contentHash === contentHash) return known;
  throw new RouteTableError('REQUEST_ID_REUSED', `request id "${requestId}" stands for another change, that of commit "${known.id}"`, {
    remedy: 'use a new request id for every change, and the same only to repeat it',
  });
}

/** Nothing on record is called so. */
export function commitNotFound(id: string, requestId: string): RouteTableError {
  const what = id === '' ? `with request id "${requestId}"` : `"${id}"`;
  return new RouteTableError('COMMIT_NOT_FOUND', `the history has no commit ${what}`, { remedy: 'list the commits; old ones are dropped' });
}
