/** A command line that cannot be carried out. Stays inside the CLI, which exits with 64. */
export class UsageError extends Error {
  override readonly name: string = 'UsageError';
  readonly remedy: string;

  constructor(message: string, remedy: string) {
    super(message);
    this.remedy = remedy;
  }
}
