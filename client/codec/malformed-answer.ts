/** An answer that breaks the contract. Stays inside the SDK, which turns it into a RouteError. */
export class MalformedAnswerError extends Error {
  override readonly name: string = 'MalformedAnswerError';
}

/**
 * A part that the contract promises.
 *
 * @throws MalformedAnswerError when it is absent
 */
export function required<T>(value: T | undefined, field: string): T {
  if (value === undefined) throw new MalformedAnswerError(`the answer lacks "${field}"`);
  return value;
}
