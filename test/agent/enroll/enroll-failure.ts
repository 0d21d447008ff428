import { EnrollError } from '../../../agent/enroll/enroll-error.js';

/** The EnrollError that a promise ends with; anything else fails the test. */
export async function failure(run: Promise<unknown>): Promise<EnrollError> {
  try {
    await run;
  } catch (error) {
    if (error instanceof EnrollError) return error;
    throw error;
  }
  throw new Error('it did not fail');
}
