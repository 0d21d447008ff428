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
export function renderFailure(subject: string, failure: Failure, color: boolean): string {
  const { bold, red } = pc.createColors(color);
  return `${bold(red(`${oneLine(subject)}:`))} ${failureText(failure)}\n`;
}

/** The sentences of it; `then` stands between what went wrong and what to do about it. */
export function failureText({ message, reason, remedy }: Failure, then?: string): string {
  const why = reason === undefined ? '' : ` (${reason})`;
  const sentences = [
    `${oneLine(message).replace(/\.$/, '')}${why}.`,
    ...(then === undefined ? [] : [`${then}.`]),
    ...(remedy === undefined ? [] : [`Remedy: ${inOptionWords(oneLine(remedy))}.`]),
  ];
  return sentences.join(' ');
}
