import { type Document, isMap, isNode, LineCounter, type Node, parseDocument } from 'yaml';
import type * as z from 'zod';
import { ConfigError } from '../config-error.js';

const nouns: Readonly<Record<string, string>> = { object: 'a map', array: 'a list', string: 'a text' };

type Path = readonly PropertyKey[];

/** An authorization file as YAML, which can tell where in it something stands. */
export interface PolicyDocument {
  readonly content: unknown;
  /** "authorization.yaml:3: rules.0.role: …"; `key` points at a key of what is at the path. */
  at(path: Path, what: string, key?: string): string;
  /** What the schema says, with line, value and rule. */
  explain(issue: z.core.$ZodIssue): string;
}

/**
 * @param source - its path, for messages
 * @param remedy - for a file that is no YAML
 * @throws ConfigError with the line
 */
export function readPolicyDocument(yaml: string, source: string, remedy: string): PolicyDocument {
  const lines = new LineCounter();
  const document = parseDocument(yaml, { lineCounter: lines, prettyErrors: false });
  const lineAt = (offset: number) => Math.max(1, lines.linePos(offset).line);
  const [broken] = document.errors;
  if (broken !== undefined) {
    const [, twice] = broken.code === 'DUPLICATE_KEY' ? (/^[\s,]*([^\s:]+)/.exec(yaml.slice(broken.pos[0])) ?? []) : [];
    const what = twice === undefined ? broken.message : `"${twice}" is there twice`;
    throw new ConfigError(`${source}:${lineAt(broken.pos[0])}: ${what}`, remedy);
  }
  const content: unknown = contentOf(document, source, remedy);

  function nodeAt(path: Path): Node | null | undefined {
    const node = path.length === 0 ? document.contents : document.getIn(path, true);
    return isNode(node) ? node : path.length === 0 ? undefined : nodeAt(path.slice(0, -1));
  }

  function at(path: Path, what: string, key?: string): string {
    const node = nodeAt(path);
    const pair = isMap(node) ? node.items.find((item) => String(item.key) === key) : undefined;
    const offset = (isNode(pair?.key) ? pair.key : node)?.range?.[0] ?? 0;
    return `${source}:${lineAt(offset)}: ${path.length === 0 ? 'the file' : path.join('.')}: ${what}`;
  }

  function explain(issue: z.core.$ZodIssue): string {
    const { path } = issue;
    if (issue.code === 'unrecognized_keys') return at(path, `there is no "${issue.keys[0]}"`, issue.keys[0]);
    const value = path.reduce((part: unknown, key) => (part as Record<PropertyKey, unknown> | undefined)?.[key], content);
    if (value === undefined) return at(path, 'it is missing');
    const shown = JSON.stringify(value).slice(0, 60);
    if (issue.code === 'invalid_type') return at(path, `${shown} is not ${nouns[issue.expected] ?? issue.expected}`);
    if (issue.code === 'invalid_value') return at(path, `${shown} is none of ${issue.values.join(', ')}`);
    if (issue.code === 'too_small') return at(path, `${shown} is empty`);
    return at(path, issue.message);
  }

  return { content, at, explain };
}

/** An alias shows only now that it leads nowhere. */
function contentOf(document: Document, source: string, remedy: string): unknown {
  try {
    return document.toJS();
  } catch (cause) {
    throw new ConfigError(`${source}: ${(cause as Error).message}`, remedy, cause);
  }
}
