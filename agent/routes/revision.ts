/** Counts the states of the table that were seen: the revision grows when, and only when, a reading differs from the one before. */
export class TableRevision {
  #revision = 0n;
  #fingerprint: string | undefined;

  /** Revision of the last reading; 0 before the first. */
  get current(): bigint {
    return this.#revision;
  }

  /** Takes note of a reading and returns its revision. */
  observe(fingerprint: string): bigint {
    if (fingerprint !== this.#fingerprint) {
      this.#fingerprint = fingerprint;
      this.#revision += 1n;
    }
    return this.#revision;
  }
}
