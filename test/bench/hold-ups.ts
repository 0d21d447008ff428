/** The longest round of an event loop, in ms. */
export interface HoldUp {
  /** By the clock: on a machine that is shared also the time in which other processes ran. */
  readonly wallMs: number;
  /** CPU time that this process took in one round, with all its threads. */
  readonly cpuMs: number;
}

/** Looks at every round of the event loop from now on, which keeps it running; the result ends that. */
export function watchEventLoop(): () => HoldUp {
  let longest: HoldUp = { wallMs: 0, cpuMs: 0 };
  let begun = performance.now();
  let cpu = process.cpuUsage();
  let immediate = setImmediate(look);
  function look(): void {
    const { user, system } = process.cpuUsage(cpu);
    const now = performance.now();
    longest = { wallMs: Math.max(longest.wallMs, now - begun), cpuMs: Math.max(longest.cpuMs, (user + system) / 1000) };
    begun = performance.now();
    cpu = process.cpuUsage();
    immediate = setImmediate(look);
  }
  return () => {
    clearImmediate(immediate);
    return longest;
  };
}
