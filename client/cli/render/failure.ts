import pc from 'picocolors';
import { inOptionWords } from './option-words.js';
import { oneLine } from './printable.js';

/** Something that went wrong, for people. */
export interface Failure {
  readonly message: string;
  readonly reason?: string | undefined;
  readonly remedy?: string | undefined;
}

/** One line: `web2: connection refused at 10.0.0.2:7420 (UNREACHABLE). Remedy: check that …` */
export function renderFailure(subject: string, { message, reason, remedy }: Failure, color: boolean): string {
  const { bold, red } = pc.createColors(color);
  const why = reason === undefined ? '' : ` (${reason})`;
  const sentence = `${oneLine(message).replace(/\.$/, '')}${why}.`;
  return `${bold(red(`${oneLine(subject)}:`))} ${sentence}${remedy === undefined ? '' : ` Remedy: ${inOptionWords(oneLine(remedy))}.`}\n`;
}
