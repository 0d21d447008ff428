import type { z } from 'zod';
import type { Problem } from './yaml-document.js';

const nouns: Readonly<Record<string, string>> = {
  object: 'a map',
  record: 'a map',
  array: 'a list',
  string: 'a text',
  int: 'a whole number',
  number: 'a number',
};

/** What zod found, in the words of the person who wrote the file. */
export function problemsOf({ issues }: z.ZodError, content: unknown): Problem[] {
  return issues.flatMap((issue) => problemsOfIssue(issue, content));
}

function problemsOfIssue(issue: z.core.$ZodIssue, content: unknown): Problem[] {
  const { path } = issue;
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: [...path, key], atKey: true, message: `unknown key "${key}"${placeOf(path)}` }));
  }
  if (issue.code === 'invalid_key') {
    const rule = issue.issues[0]?.message ?? issue.message;
    return [{ path, atKey: true, message: `the name "${String(path.at(-1))}"${placeOf(path.slice(0, -1))} ${rule}` }];
  }
  const value = valueAt(content, path);
  if (value === undefined) return [{ path, message: `"${String(path.at(-1))}" is missing${placeOf(path.slice(0, -1))}` }];
  return [{ path, message: `${shorten(JSON.stringify(value))}${placeOf(path)} ${ruleOf(issue)}` }];
}

function ruleOf(issue: z.core.$ZodIssue): string {
  return issue.code === 'invalid_type' ? `is not ${nouns[issue.expected] ?? issue.expected}` : issue.message;
}

function placeOf(path: readonly PropertyKey[]): string {
  return path.length === 0 ? '' : ` in ${formatPath(path)}`;
}

/** "routes[3].prefix" */
export function formatPath(path: readonly PropertyKey[]): string {
  return path.map((key, index) => (typeof key === 'number' ? `[${key}]` : `${index === 0 ? '' : '.'}${String(key)}`)).join('');
}

function valueAt(content: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce((value: unknown, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key], content);
}

function shorten(text: string, max = 60): string {
  return text.length > max ? `${text.slice(0, max)}…` : text;
}
