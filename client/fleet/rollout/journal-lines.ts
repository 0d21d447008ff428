import { crc32 } from 'node:zlib';

/*
 * A journal is lines "<crc32 of the JSON, 8 hex digits> <JSON>\n". JSON.stringify escapes line feeds, so the only one of a line is its last byte, and
 * a line without it was never completed: whoever wrote it took no action that it announced.
 */

const lineFeed = 0x0a;

/** What a journal file holds. */
export interface JournalLines {
  readonly texts: readonly string[];
  /** Bytes up to the end of the last whole line. */
  readonly wholeBytes: number;
}

/** A line that is not what was written. */
export class DamagedLineError extends Error {
  override readonly name: string = 'DamagedLineError';
}

export function formatLine(json: string): Buffer {
  return Buffer.from(`${checksumOf(Buffer.from(json))} ${json}\n`);
}

/** @throws DamagedLineError for anything but a torn last line, which is left out */
export function readLines(file: Buffer): JournalLines {
  const texts: string[] = [];
  let start = 0;
  for (let end = file.indexOf(lineFeed, start); end !== -1; end = file.indexOf(lineFeed, start)) {
    const json = file.subarray(start + 9, end);
    if (file.toString('latin1', start, start + 9) !== `${checksumOf(json)} `) {
      throw new DamagedLineError(`line ${texts.length + 1} does not match its checksum`);
    }
    texts.push(json.toString());
    start = end + 1;
  }
  return { texts, wholeBytes: start };
}

function checksumOf(bytes: Buffer): string {
  return crc32(bytes).toString(16).padStart(8, '0');
}
