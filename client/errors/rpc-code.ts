const names = [
  'OK',
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
] as const;

/**
 * Name of a gRPC status other than OK.
 *
 * @see https://grpc.io/docs/guides/status-codes/
 */
export type RpcCode = Exclude<(typeof names)[number], 'OK'>;

/** Name of a status number; "UNKNOWN" for a number that gRPC does not define, and for OK, which is no error. */
export function rpcCodeOf(status: number): RpcCode {
  const name = names[status];
  return name === undefined || name === 'OK' ? 'UNKNOWN' : name;
}
