import { bashScript } from './bash-script.js';
import { fishScript } from './fish-script.js';
import { powershellScript } from './powershell-script.js';
import { zshScript } from './zsh-script.js';

/** Shells that can complete. */
export const shellNames = ['bash', 'zsh', 'fish', 'powershell'] as const;

/** One of {@link shellNames}. */
export type ShellName = (typeof shellNames)[number];

const scripts: Readonly<Record<ShellName, string>> = { bash: bashScript, zsh: zshScript, fish: fishScript, powershell: powershellScript };

/** What makes a shell ask `routefleet __complete` when Tab is pressed. */
export function completionScript(shell: ShellName): string {
  return scripts[shell];
}
