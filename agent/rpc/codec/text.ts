import { InvalidValueError, quote } from '../../../proto/invalid-value.js';

/** Names that people and programs give to owners, commits and requests. */
const namePattern = /^[\w.:/@+-]{1,64}$/;

/** A name field; empty when it is absent. */
export function decodeName(field: string, text: string): string {
  if (text === '' || namePattern.test(text)) return text;
  throw new InvalidValueError(
    'INVALID_TEXT',
    `${field}: ${quote(text)} is not a name`,
    'send 1 to 64 characters out of letters, digits and "_.:/@+-"',
  );
}

/** Free text. */
export function decodeFreeText(field: string, text: string, maxCharacters: number): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for; they would forge lines of logs.
  if (text.length <= maxCharacters && !/[\u0000-\u001f\u007f]/.test(text)) return text;
  throw new InvalidValueError(
    'INVALID_TEXT',
    `${field}: ${quote(text)} is not one line of at most ${maxCharacters} characters`,
    'send a shorter text without line breaks',
  );
}
