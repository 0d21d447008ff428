import { Argument, type Command } from 'commander';
import { createFileStore } from '../../fleet/rollout/file-store.js';
import type { CommandContext } from '../command-context.js';
import { type Completion, complete } from '../completion/complete.js';
import { loadInventoryNames } from '../completion/inventory-names.js';
import { completionScript, type ShellName, shellNames } from '../completion/scripts.js';
import { printable } from '../render/printable.js';

/** `routefleet completion`, and the hidden command that its scripts call. */
export function addCompletion(program: Command, { io }: CommandContext): void {
  program
    .command('completion')
    .summary('print a script that completes commands in a shell')
    .description('Prints a script that completes commands, options, their values, hosts of the inventory and rollouts when Tab is pressed.')
    .addArgument(new Argument('<shell>', 'your shell').choices(shellNames))
    .addHelpText('after', installation)
    .action((shell: ShellName) => {
      io.stdout.write(completionScript(shell));
    });

  program
    .command('__complete [words...]', { hidden: true })
    .description('Prints what can stand at the end of a command line. Each word has a ":" before it, so that none is empty or an option.')
    .action(async (words: readonly string[]) => {
      // Nobody can read an error in the middle of a line that is being typed.
      const completion = await complete(
        program,
        words.map((word) => word.replace(/^:/, '')),
        { inventory: loadInventoryNames, rollouts: async (directory) => (await createFileStore(directory).list()).toReversed() },
      ).catch((): Completion => ({ candidates: [] }));
      io.stdout.write(lines(completion));
    });
}

/** Words with their descriptions, and what a script shall do beside offering them: ":files" or ":nospace". */
function lines({ candidates, files = false, noSpace = false }: Completion): string {
  const texts = candidates.map(
    ({ word, description }) => printable(word) + (description === undefined ? '' : `\t${printable(description)}`),
  );
  return [...(files ? [':files'] : []), ...(noSpace ? [':nospace'] : []), ...texts].map((text) => `${text}\n`).join('');
}

const installation = `
To have it in every session:
  bash         echo 'source <(routefleet completion bash)' >> ~/.bashrc
  zsh          routefleet completion zsh > "\${fpath[1]}/_routefleet"
               (or behind compinit in ~/.zshrc: source <(routefleet completion zsh))
  fish         routefleet completion fish > ~/.config/fish/completions/routefleet.fish
  powershell   Add-Content $PROFILE 'routefleet completion powershell | Out-String | Invoke-Expression'
`;
