import { createHash } from 'node:crypto';

/*
 * Ids of the commits of a rollout: the same for the same rollout and host, so that whoever takes over can ask a host for what an earlier controller
 * asked of it, and the host does nothing twice. Agents take 64 characters of few kinds; names of hosts are hashed for that.
 */

/** Of the change of a host. */
export function commitIdOf(rolloutId: string, host: string): string {
  return `rollout.${rolloutId}.${hashOf(host)}`;
}

/** Of an attempt, from 1: those before were cut short. */
export function attemptIdOf(commitId: string, attempt: number): string {
  return attempt === 1 ? commitId : `${commitId}.a${attempt}`;
}

/** Of one attempt to undo it; rows are put back owner by owner. @param count - from 1: what was cut short is done anew within the attempt */
export function undoCommitIdOf(commitId: string, attempt: number, owner: string | undefined, count = 1): string {
  const firstId = `${commitId}.u${attempt}.${owner === undefined ? 'none' : hashOf(owner).slice(0, 6)}`;
  return count === 1 ? firstId : `${firstId}.${count}`;
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 10);
}
