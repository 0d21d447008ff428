import type { DocumentView, HostRow, View } from './view.js';

/** Values that JSON, YAML and CSV all have. */
export type PlainValue = string | number | boolean | null | PlainValue[] | { [key: string]: PlainValue };

/** A row as machines read it: `host` first, then the fields of the view; absent ones are left out. */
export function toPlainObject<Row extends object>(
  { host, row }: HostRow<Row>,
  { fields }: View<Row> | DocumentView<Row>,
): { [key: string]: PlainValue } {
  return { host, ...plainMembers(fields.map((field) => [field, row[field]])) };
}

function plainMembers(entries: readonly (readonly [string, unknown])[]): { [key: string]: PlainValue } {
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined).map(([key, value]) => [key, toPlain(value)]));
}

/** Absent members are left out. JSON numbers lose digits beyond 53 bits, so that a 64-bit number (a LUID) goes as text. */
export function toPlain(value: unknown): PlainValue {
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(toPlain);
  if (typeof value === 'object' && value !== null) return plainMembers(Object.entries(value));
  return value as PlainValue;
}
