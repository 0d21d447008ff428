import { readFile } from 'node:fs/promises';
import { type Document, isMap, isNode, isPair, LineCounter, parseDocument, visit, type YAMLParseError } from 'yaml';
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
}

/** A YAML file that can tell where in it something stands. */
export interface YamlDocument {
  /** What it holds, as plain values. */
  readonly content: unknown;
  /** One error for all problems, each with file, line and column. */
  error(problems: readonly Problem[], remedy: string): FleetError;
}

/**
 * Reads a YAML 1.2 file. A key that is there twice is an error: one of the two would silently be lost.
 *
 * @throws FleetError with the codes of `kind`
 */
export async function loadDocument(file: string, kind: FileKind): Promise<YamlDocument> {
  return readDocument(await readText(file, kind), file, kind.invalid);
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

function readDocument(text: string, file: string, code: FleetErrorCode): YamlDocument {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [error] = document.errors;

  function at(offset: number | undefined): string {
    const { line, col } = lines.linePos(offset ?? 0);
    return `${file}:${Math.max(line, 1)}:${Math.max(col, 1)}`;
  }

  if (error !== undefined) throw syntaxError(error, text, at, code);
  return {
    content: contentOf(document, at, code),
    error: (problems, remedy) => {
      const texts = problems.map(({ path, atKey, message }) => `${at(offsetOf(document, path, atKey))}: ${message}`);
      return new FleetError(code, texts.join('\n'), remedy);
    },
  };
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
