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

/** A duration above zero in ms; undefined stays undefined. */
export function decodeMilliseconds(field: string, duration: Duration | undefined, maxMs: number): number | undefined {
  if (duration === undefined) return undefined;
  const ms = Number(duration.seconds) * 1000 + Math.round(duration.nanos / 1e6);
  if (ms > 0 && ms <= maxMs) return ms;
  throw new InvalidValueError(
    'INVALID_DURATION',
    `${field}: ${ms / 1000} s is not above 0 s and at most ${maxMs / 1000} s`,
    'send a duration in these bounds, or leave the field out',
  );
}

/** The other way; undefined is an absent field. */
export function encodeMilliseconds(ms: number | undefined): Duration | undefined {
  if (ms === undefined) return undefined;
  const whole = Math.round(ms);
  return { seconds: BigInt(Math.floor(whole / 1000)), nanos: (whole % 1000) * 1_000_000 };
}
