import type { Duration } from '../../../proto/gen/google/protobuf/duration.pb.js';
import { InvalidValueError } from '../../../proto/invalid-value.js';

/** INFINITE of Windows is 0xffffffff; a finite lifetime is below it. */
const maximumSeconds = 0xffff_fffe;

/** A duration in whole seconds as Windows keeps lifetimes; undefined stays undefined. */
export function decodeSeconds(field: string, duration: Duration | undefined): number | undefined {
  if (duration === undefined) return undefined;
  const seconds = Number(duration.seconds);
  if (duration.nanos === 0 && seconds >= 0 && seconds <= maximumSeconds) return seconds;
  throw new InvalidValueError(
    'INVALID_LIFETIME',
    `${field}: ${seconds + duration.nanos / 1e9} s is not a whole number of seconds from 0 to ${maximumSeconds}`,
    'send whole seconds, or leave the field out for an infinite lifetime',
  );
}

/** The other way; undefined (infinite, or unknown) is an absent field. */
export function encodeSeconds(seconds: number | undefined): Duration | undefined {
  return seconds === undefined ? undefined : { seconds: BigInt(seconds), nanos: 0 };
}
