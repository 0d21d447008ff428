import { readFile } from 'node:fs/promises';
import { type Document, isMap, isNode, isPair, isScalar, LineCounter, type Node, parseDocument, visit, type YAMLParseError } from 'yaml';
import { FleetError, type FleetErrorCode } from './fleet-error.js';

/** Where something stands in a file: keys and list positions from the root. */
export type Path = readonly PropertyKey[];

/** A rule that a file breaks. */
export interface Problem {
  readonly path: Path;
  /** Point at the key instead of its value. */
  readonly atKey?: boolean;
  /** Names value and rule. */
  readonly message: string;
}

/** What a file is, for its errors. */
export interface FileKind {
  /** "inventory" */
  readonly noun: string;
  readonly unreadable: FleetErrorCode;
  readonly invalid: FleetErrorCode;
  /** Tags beside those of YAML that may stand in it, such as "!exec"; {@link YamlDocument.tagAt} has them. Default none. */
  readonly tags?: readonly string[] | undefined;
}

/** A YAML file that can tell where in it something stands. */
export interface YamlDocument {
  /** What it holds, as plain values. */
  readonly content: unknown;
  /** A tag of {@link FileKind.tags}, or undefined. */
  tagAt(path: Path): string | undefined;
  /** A plain value as it is written: "012" is also the number 10. Undefined for a list, a map or nothing. */
  textAt(path: Path): string | undefined;
  /** "fleet.yaml:3:5" */
  placeOf(problem: Pick<Problem, 'path' | 'atKey'>): string;
  /** One error for all problems, each with file, line and column. */
  error(problems: readonly Problem[], remedy: string): FleetError;
}

/**
 * Reads a file like {@link readDocument}.
 *
 * @throws FleetError with the codes of `kind`
 */
export async function loadDocument(file: string, kind: FileKind): Promise<YamlDocument> {
  return readDocument(await readText(file, kind), file, kind);
}

async function readText(file: string, { noun, unreadable }: FileKind): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    const { code = 'unknown error' } = cause as NodeJS.ErrnoException;
    const remedy = 'check the path and that this user may read the file';
    throw new FleetError(unreadable, `the ${noun} "${file}" cannot be read (${code})`, remedy, cause);
  }
}

/**
 * Reads YAML 1.2, of which JSON is a part. A key that is there twice is an error: one of the two would silently be lost.
 *
 * @param source - what stands before line and column in messages
 * @throws FleetError with `kind.invalid`
 */
export function readDocument(text: string, source: string, { invalid: code, tags = [] }: Omit<FileKind, 'unreadable'>): YamlDocument {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [error] = document.errors;

  function at(offset: number | undefined): string {
    const { line, col } = lines.linePos(offset ?? 0);
    return `${source}:${Math.max(line, 1)}:${Math.max(col, 1)}`;
  }

  if (error !== undefined) throw syntaxError(error, text, at, code);
  refuseUnknownTags(document, tags, at, code);
  const placeOf: YamlDocument['placeOf'] = ({ path, atKey }) => at(offsetOf(document, path, atKey));
  return {
    content: contentOf(document, at, code),
    tagAt: (path) => tags.find((tag) => tag === nodeAt(document, path)?.tag),
    textAt: (path) => {
      const node = nodeAt(document, path);
      return isScalar(node) ? (node.source ?? String(node.value)) : undefined;
    },
    placeOf,
    error: (problems, remedy) => {
      const texts = problems.map((problem) => `${placeOf(problem)}: ${problem.message}`);
      return new FleetError(code, texts.join('\n'), remedy);
    },
  };
}

function nodeAt(document: Document, path: Path): Node | undefined {
  const node = path.length === 0 ? document.contents : document.getIn(path, true);
  return isNode(node) ? node : undefined;
}

/** yaml takes what stands behind an unknown tag as if there were no tag. */
function refuseUnknownTags(document: Document, known: readonly string[], at: (offset: number) => string, code: FleetErrorCode): void {
  visit(document, {
    Node(_key, node) {
      const tag = 'tag' in node ? node.tag : undefined;
      if (tag === undefined || tag.startsWith('tag:yaml.org,2002:') || known.includes(tag)) return;
      const remedy = known.length === 0 ? 'leave the tag out' : `leave the tag out, or write ${known.join(' or ')}`;
      throw new FleetError(code, `${at(node.range?.[0] ?? 0)}: unknown tag "${tag}"`, remedy);
    },
  });
}

function syntaxError(error: YAMLParseError, text: string, at: (offset: number) => string, code: FleetErrorCode): FleetError {
  const [offset] = error.pos;
  if (error.code === 'DUPLICATE_KEY') {
    // After an entry without value, yaml points at the end of that entry, not at the key.
    const [gap = ''] = /^(?:[\s,]|#.*)*/.exec(text.slice(offset)) ?? [];
    const start = offset + gap.length;
    const [key = ''] = /^[^\s:]+/.exec(text.slice(start)) ?? [];
    return new FleetError(code, `${at(start)}: ${key} is there twice`, 'give every name and key once', error);
  }
  const remedy = 'correct the YAML; values with special characters need quotes';
  return new FleetError(code, `${at(offset)}: ${error.message}`, remedy, error);
}

/** Aliases show only now whether they lead somewhere, and that they do not unfold into millions of values. */
function contentOf(document: Document, at: (offset: number | undefined) => string, code: FleetErrorCode): unknown {
  try {
    return document.toJS();
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    let offset: number | undefined;
    visit(document, {
      Alias(_key, alias) {
        if (alias.resolve(document) !== undefined) return undefined;
        offset = alias.range?.[0];
        return visit.BREAK;
      },
    });
    const remedy = 'set every anchor ("&name") before its alias ("*name"), and write out what is repeated too often';
    throw new FleetError(code, `${at(offset)}: ${error.message}`, remedy, error);
  }
}

/** Offset of the nearest thing in the file that the path leads to. */
function offsetOf(document: Document, path: Path, atKey = false): number | undefined {
  if (path.length === 0) return isNode(document.contents) ? document.contents.range?.[0] : undefined;
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  const key = path.at(-1);
  if (isMap(parent)) {
    const pair = parent.items.find((item) => isPair(item) && String(item.key) === key);
    const node = atKey || !isNode(pair?.value) ? pair?.key : pair.value;
    if (isNode(node)) return node.range?.[0];
  }
  const node = document.getIn(path, true);
  return isNode(node) ? node.range?.[0] : offsetOf(document, path.slice(0, -1));
}
