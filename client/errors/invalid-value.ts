import type { InvalidValueError } from '../../proto/invalid-value.js';
import { RouteError } from './route-error.js';

/** A value that was refused on this side, before any call. */
export function fromInvalidValue(error: InvalidValueError, context: { address?: string; method?: string } = {}): RouteError {
  const { reason, message, remedy } = error;
  return new RouteError({ code: 'INVALID_ARGUMENT', reason, message, remedy, cause: error, ...context });
}
