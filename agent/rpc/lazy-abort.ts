/**
 * An AbortController whose signal, and whose reason, are made when somebody asks for them: most calls end before anybody does, and signals would cost as
 * much as all the rest that the agent does for a small call.
 */
export class LazyAbort {
  #controller: AbortController | undefined;
  #makeReason: (() => unknown) | undefined;
  #reason: unknown;

  get aborted(): boolean {
    return this.#makeReason !== undefined;
  }

  /** What it was aborted with; undefined before. */
  get reason(): unknown {
    this.#reason ??= this.#makeReason?.();
    return this.#reason;
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.aborted) this.#controller.abort(this.reason);
    }
    return this.#controller.signal;
  }

  /** The first one counts. */
  abort(makeReason: () => unknown): void {
    if (this.aborted) return;
    this.#makeReason = makeReason;
    this.#controller?.abort(this.reason);
  }

  throwIfAborted(): void {
    if (this.aborted) throw this.reason;
  }
}
