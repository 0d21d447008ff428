/** A setting or a circumstance with which the agent cannot start. */
export class ConfigError extends Error {
  override readonly name: string = 'ConfigError';
  readonly remedy: string;

  constructor(message: string, remedy: string, cause?: unknown) {
    super(message, { cause });
    this.remedy = remedy;
  }
}
