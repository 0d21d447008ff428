import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigError } from '../config-error.js';

const text = `# Who may do what on this host; see docs/security.md. The first rule that fits holds, and without one nothing may be done.
rules:
  - { identities: ["urn:routefleet:controller:*"], role: admin }
`;

/** Where the rules of an enrolled agent are unless --authorization names another file. */
export function starterRulesPath(stateDirectory: string): string {
  return join(stateDirectory, 'authorization.yaml');
}

/**
 * Writes rules to begin with: every controller of the authority is an admin. Rules that are there stay.
 *
 * @returns whether they were written
 * @throws ConfigError when they cannot be
 */
export async function writeStarterRules(path: string): Promise<boolean> {
  try {
    await writeFile(path, text, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw new ConfigError(
      `the rules cannot be written: ${(cause as Error).message}`,
      'see to rights and space of the state directory',
      cause,
    );
  }
}
