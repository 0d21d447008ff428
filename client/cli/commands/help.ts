/** Examples under the help text of a command. */
export function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ ${line}\n`).join('')}`;
}

/** What the exit code of the program means. */
export const exitCodeHelp = `
Exit codes:
  0    done
  1    failed
  3    failed on some of the hosts
  64   wrong usage, bad input or bad inventory; nothing was sent
  69   no host could be reached
  130  interrupted
`;
