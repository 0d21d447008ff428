/** The last lines of what a command said, on one line, as the end of a sentence about it. */
export function lastWords(text: string, maxLines = 5, maxLength = 500): string {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  const said = lines.slice(-maxLines).join(' | ');
  if (said === '') return ', and said nothing';
  return `, and said: ${said.length > maxLength ? `…${said.slice(-maxLength)}` : said}`;
}
