import { printable } from './printable.js';

/** Names that a line holds. */
const shownNames = 3;

/** "web1, web2, web3 and 115 more" */
export function hostList(names: readonly string[]): string {
  // To say "and 1 more" takes as much room as the name.
  const shown = names.length === shownNames + 1 ? names : names.slice(0, shownNames);
  const rest = names.length - shown.length;
  return printable(`${shown.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`);
}

/** "web1" or "×118: web1, web2, web3 and 115 more" */
export function foldedHosts(names: readonly string[]): string {
  return names.length > 1 ? `×${names.length}: ${hostList(names)}` : hostList(names);
}
