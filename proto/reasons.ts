/** Every reason that `google.rpc.ErrorInfo.reason` can hold in domain {@link errorDomain}. A reason is never renamed. */
export const errorReasons = [
  'ACCESS_DENIED',
  'AMBIGUOUS_INTERFACE',
  'BEST_ROUTE_NOT_FOUND',
  'ETAG_MISMATCH',
  'FAMILY_MISMATCH',
  'FAMILY_NOT_BOUND',
  'FUNCTION_MISSING',
  'HOST_BITS_SET',
  'INTERFACE_NOT_FOUND',
  'INTERNAL',
  'INVALID_ADDRESS',
  'INVALID_ARGUMENT',
  'INVALID_ENUM',
  'INVALID_LIFETIME',
  'INVALID_METRIC',
  'INVALID_PREFIX',
  'METRIC_BELOW_INTERFACE_METRIC',
  'MISSING_FIELD',
  'NOT_IMPLEMENTED',
  'NOT_SUPPORTED',
  'OUT_OF_MEMORY',
  'REVISION_MISMATCH',
  'ROUTE_EXISTS',
  'ROUTE_NOT_FOUND',
  'SYSTEM_ROUTE',
  'UNVERIFIED_WRITE',
  'WIN32_ERROR',
] as const;

/** Stable, machine-readable cause of an error. */
export type ErrorReason = (typeof errorReasons)[number];

/** `google.rpc.ErrorInfo.domain` of every error that the agent makes. */
export const errorDomain = 'routefleet';
