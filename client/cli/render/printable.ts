/**
 * Text of a host as a terminal may have it: control characters, which could move the cursor or change colours, become "?".
 *
 * @see https://www.unicode.org/versions/latest/ general category Cc
 */
export function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, '?');
}

/** The same on one line. */
export function oneLine(text: string): string {
  return printable(text.replace(/\s*\n\s*/g, ' ').trim());
}
