import { RouteError } from '../../../client/index.js';

/** The RouteError that a promise or function ends with; anything else fails the test. */
export async function caught(run: Promise<unknown> | (() => unknown)): Promise<RouteError> {
  try {
    await (typeof run === 'function' ? run() : run);
  } catch (error) {
    if (error instanceof RouteError) return error;
    throw error;
  }
  throw new Error('it did not fail');
}
