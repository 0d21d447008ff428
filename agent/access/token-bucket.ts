/** So much at once, and so much per second in the long run. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

/** A bucket that refills with time, full at first. Times are milliseconds by any clock that does not go back. */
export class TokenBucket {
  readonly #burst: number;
  readonly #periodMs: number;
  /** When it will be full, if nothing more is taken: exact, where a number of tokens would gather rounding errors. */
  #fullAt = Number.NEGATIVE_INFINITY;

  constructor({ perSecond, burst }: Rate) {
    this.#burst = burst;
    this.#periodMs = 1000 / perSecond;
  }

  /**
   * Takes one token, unless fewer than `reserve` would be left.
   *
   * @returns 0 when it was taken, else the ms until it can be
   */
  take(now: number, reserve = 0): number {
    const fullAt = Math.max(this.#fullAt, now) + this.#periodMs;
    const waitMs = fullAt - now - (this.#burst - reserve) * this.#periodMs;
    if (waitMs > 0) return Math.ceil(waitMs);
    this.#fullAt = fullAt;
    return 0;
  }
}
