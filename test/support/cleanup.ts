/** Collects what has to be undone, and undoes it in reverse order. */
export interface Cleanup {
  defer(step: () => unknown): void;
  /** Takes every step, also after one failed. @throws AggregateError with what failed */
  run(): Promise<void>;
}

/** For fixtures of several parts, of which any may fail to come up. */
export function createCleanup(): Cleanup {
  const steps: (() => unknown)[] = [];
  return {
    defer: (step) => void steps.push(step),
    async run() {
      const errors: unknown[] = [];
      for (const step of steps.splice(0).reverse()) {
        try {
          await step();
        } catch (error) {
          errors.push(error);
        }
      }
      if (errors.length > 0) throw new AggregateError(errors, `cleaning up failed: ${errors.map(String).join('; ')}`);
    },
  };
}
