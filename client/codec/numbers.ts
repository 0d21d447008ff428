import type { Duration } from '../../proto/gen/google/protobuf/duration.pb.js';
import { InvalidValueError } from '../../proto/invalid-value.js';
import type { ErrorReason } from '../../proto/reasons.js';

const maxUint32 = 0xffff_ffff;

/** INFINITE in Windows: one second less is the longest lifetime that ends. */
const maxLifetimeSeconds = maxUint32 - 1;

/** @throws InvalidValueError with reason INVALID_METRIC unless it is a whole number of 32 bits */
export function checkMetric(metric: number | undefined, name: string): number | undefined {
  return checkRange(metric, maxUint32, name, 'INVALID_METRIC');
}

/** @throws InvalidValueError with reason INVALID_LIFETIME unless it is a whole number below Windows' "infinite" */
export function encodeLifetime(seconds: number | undefined, name: string): Duration | undefined {
  const checked = checkRange(seconds, maxLifetimeSeconds, name, 'INVALID_LIFETIME');
  return checked === undefined ? undefined : { seconds: BigInt(checked), nanos: 0 };
}

/** @throws InvalidValueError with reason INVALID_DURATION unless it is a time above 0 */
export function encodeDurationMs(ms: number | undefined, name: string): Duration | undefined {
  if (ms === undefined) return undefined;
  if (!(ms > 0 && ms <= Number.MAX_SAFE_INTEGER)) {
    throw new InvalidValueError('INVALID_DURATION', `${name} ${ms} is not a number of milliseconds above 0`, 'give 120000 for two minutes');
  }
  const seconds = Math.floor(ms / 1_000);
  return { seconds: BigInt(seconds), nanos: Math.min(Math.round((ms - seconds * 1_000) * 1e6), 999_999_999) };
}

/** Milliseconds; undefined stays undefined, whatever that means for the field. */
export function decodeDurationMs(duration: Duration | undefined): number | undefined {
  return duration === undefined ? undefined : Number(duration.seconds) * 1_000 + duration.nanos / 1e6;
}

/** Whole seconds; undefined stays undefined, whatever that means for the field. */
export function decodeSeconds(duration: Duration | undefined): number | undefined {
  return duration === undefined ? undefined : Number(duration.seconds);
}

/** Text as the wire has it: empty means absent. */
export function decodeText(text: string): string | undefined {
  return text === '' ? undefined : text;
}

function checkRange(value: number | undefined, max: number, name: string, reason: ErrorReason): number | undefined {
  if (value === undefined || (Number.isInteger(value) && value >= 0 && value <= max)) return value;
  throw new InvalidValueError(reason, `${name} ${value} is not a whole number from 0 to ${max}`, `write a whole number from 0 to ${max}`);
}
