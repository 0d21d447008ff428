/** The rules by which a rollout goes on, stops and turns back. */
export interface RolloutPolicy {
  /** Names of all hosts, in the order in which they are begun. */
  readonly hosts: readonly string[];
  /** Hosts that are done after each wave; the last is all of them. */
  readonly waves: readonly number[];
  /** Time between two waves, in milliseconds. Absent: somebody promotes by hand. */
  readonly soakMs?: number | undefined;
  /** Hosts that may fail, in all. */
  readonly maxFailures: number;
  /** Hosts that may fail in each wave. */
  readonly maxFailuresPerWave: number;
  /** Hosts that may be unreachable, in all; they are no failures. */
  readonly maxUnreachable: number;
  /** What becomes of confirmed hosts when a budget is exceeded. */
  readonly onFailure: 'stop' | 'undo';
  /** Hosts at a time. */
  readonly concurrency: number;
  /** Longest time for one host before its change is cancelled, in milliseconds. */
  readonly hostTimeoutMs: number;
  /** Longest time to learn what became of it afterwards, in milliseconds. */
  readonly settleMs: number;
  /** Longest time for the whole, in milliseconds; while no controller runs it stands still. Undoing is not bounded by it. */
  readonly deadlineMs: number;
}
