/** Examples under the help text of a command. */
export function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ ${line}\n`).join('')}`;
}

/** What the exit code of the program means. */
export const exitCodeHelp = `
Exit codes:
  0    done, or nothing to do
  1    failed
  2    there are changes (plan), or drift (drift)
  3    failed on some of the hosts, or in part
  4    undone on the host (apply, rollout, and writes with --confirm-within or --probe)
  5    the plan is stale (apply or rollout of a saved plan, or with --require-plan)
  64   wrong usage, bad input or bad inventory; nothing was sent
  69   no host could be reached
  130  interrupted
`;
