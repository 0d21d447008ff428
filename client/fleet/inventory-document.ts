import { dirname, resolve } from 'node:path';
import { FleetError } from './fleet-error.js';
import { commandText, runInventoryCommand } from './inventory-command.js';
import { formatPath } from './schema-problems.js';
import { type FileKind, loadDocument, type Path, type Problem, readDocument, type YamlDocument } from './yaml-document.js';

const kind: FileKind = { noun: 'inventory', unreadable: 'INVENTORY_UNREADABLE', invalid: 'INVENTORY_INVALID', tags: ['!exec'] };

/** How commands in an inventory are run. */
export interface InventoryOptions {
  /** Time for a command that prints the inventory. Default 30 s. */
  readonly commandTimeoutMs?: number | undefined;
  /** Aborting it ends the command. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads an inventory file. Where the whole of it, or the value of `hosts`, is `!exec [program, argument…]`, it is what that command prints: the
 * same structure as JSON or YAML. Mistakes in there are told with the command and the line of its output.
 *
 * @throws FleetError INVENTORY_UNREADABLE or INVENTORY_INVALID
 */
export async function loadInventoryDocument(file: string, options: InventoryOptions): Promise<YamlDocument> {
  const document = await loadDocument(file, kind);
  const whole = await printedAt(document, [], file, options);
  if (whole !== undefined) return whole;
  const hosts = await printedAt(document, ['hosts'], file, options);
  return hosts === undefined ? document : withHosts(document, hosts);
}

/** What the command at a place prints, or undefined if there is none. */
async function printedAt(
  document: YamlDocument,
  path: Path,
  file: string,
  { commandTimeoutMs, signal }: InventoryOptions,
): Promise<YamlDocument | undefined> {
  const words = wordsAt(document, path);
  if (words === undefined) return undefined;
  const directory = resolve(dirname(file));
  const text = await runInventoryCommand(words, { directory, place: document.placeOf({ path }), timeoutMs: commandTimeoutMs, signal });
  // What it prints is an inventory itself, not another command.
  return readDocument(text, `output of "${commandText(words)}"`, { noun: kind.noun, invalid: kind.invalid });
}

/** The words of `!exec [program, argument…]` as they are written, or undefined if there is no such tag. */
function wordsAt(document: YamlDocument, path: Path): readonly [string, ...string[]] | undefined {
  if (document.tagAt(path) === undefined) return undefined;
  const items: unknown = path.reduce((value: unknown, key) => (value as Record<PropertyKey, unknown>)[key], document.content);
  const words = Array.isArray(items) ? items.map((_item, index) => document.textAt([...path, index])) : [];
  const [program, ...args] = words;
  if (program !== undefined && program !== '' && args.every((word) => word !== undefined)) return [program, ...args];
  const where = path.length === 0 ? '' : ` in ${formatPath(path)}`;
  throw document.error(
    [{ path, message: `!exec${where} is not followed by a list of program and arguments` }],
    'write it like "!exec [python3, inventory.py, --site, ams]"',
  );
}

/** The file, with hosts that a command printed. */
function withHosts(document: YamlDocument, hosts: YamlDocument): YamlDocument {
  const isPrinted = ({ path }: Pick<Problem, 'path'>) => path[0] === 'hosts';
  const inner = <T extends Pick<Problem, 'path'>>(problem: T): T => ({ ...problem, path: problem.path.slice(1) });
  const placeOf: YamlDocument['placeOf'] = (problem) => (isPrinted(problem) ? hosts.placeOf(inner(problem)) : document.placeOf(problem));
  return {
    ...document,
    content: { ...(document.content as object), hosts: hosts.content },
    placeOf,
    error: (problems, remedy) =>
      new FleetError(kind.invalid, problems.map((problem) => `${placeOf(problem)}: ${problem.message}`).join('\n'), remedy),
  };
}
