import type { Failure } from './failure.js';

const planAgain = 'plan the change again';

/** Why a commit is undone that an earlier run of the agent left open. */
export const agentRestarted: Failure = {
  reason: 'AGENT_RESTARTED',
  message: 'the agent ended before the commit was confirmed',
  remedy: planAgain,
};

/** Why a commit is undone that nobody can confirm any more. */
export const agentStopped: Failure = {
  reason: 'NOT_CONFIRMED',
  message: 'the agent was stopped before the commit was confirmed',
  remedy: planAgain,
};

/** Why a commit is undone that nobody confirmed. */
export function notConfirmed(confirmWithinMs: number): Failure {
  return {
    reason: 'NOT_CONFIRMED',
    message: `the commit was not confirmed within ${confirmWithinMs / 1000} s`,
    remedy: 'check whether the host could still be reached after the change, and plan it again',
  };
}

/** Why a commit is undone that somebody cancelled; no actor: whoever it was had no certificate. */
export function cancelled(actor: string): Failure {
  return { reason: 'COMMIT_CANCELLED', message: `the commit was cancelled${actor === '' ? '' : ` by ${actor}`}`, remedy: planAgain };
}
