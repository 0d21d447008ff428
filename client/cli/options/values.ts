import { UsageError } from '../usage-error.js';

const unitsMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * Reads "500ms", "10s", "2m", "1h" or "7d".
 *
 * @returns milliseconds
 * @throws UsageError
 */
export function parseDurationMs(text: string, option: string): number {
  const [, amount, unit = ''] = /^(\d{1,9})(ms|s|m|h|d)$/.exec(text) ?? [];
  const durationMs = Number(amount) * (unitsMs[unit] ?? Number.NaN);
  if (durationMs > 0) return durationMs;
  throw new UsageError(
    `"${text}" for ${option} is not a time above 0`,
    'write a whole number and a unit: "500ms", "10s", "2m", "1h" or "7d"',
  );
}

/** Longest time to confirm that an agent takes, in milliseconds. */
const longestConfirmMs = 24 * 3_600_000;

/**
 * Reads the value of `--confirm-within`.
 *
 * @returns milliseconds, at most a day
 * @throws UsageError
 */
export function parseConfirmWithinMs(text: string): number {
  const confirmWithinMs = parseDurationMs(text, '--confirm-within');
  if (confirmWithinMs <= longestConfirmMs) return confirmWithinMs;
  throw new UsageError(`"${text}" for --confirm-within is above 24 hours`, 'give 24h at most');
}

/** @throws UsageError unless it is a whole number in the range, both ends included */
export function parseInteger(text: string, option: string, min: number, max: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= min && value <= max) return value;
  throw new UsageError(`"${text}" for ${option} is not a whole number from ${min} to ${max}`, `give a whole number from ${min} to ${max}`);
}

/**
 * Reads one of the choices, whatever its case.
 *
 * @throws UsageError
 */
export function parseChoice<T extends string>(text: string, option: string, choices: readonly T[]): T {
  const choice = choices.find((candidate) => candidate.toLowerCase() === text.toLowerCase());
  if (choice !== undefined) return choice;
  throw new UsageError(`"${text}" for ${option} is unknown`, `give one of ${choices.join(', ')}`);
}

/** For options that can be given more than once. */
export function collect(value: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, value];
}
