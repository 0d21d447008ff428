import type { Labels } from './label-selector.js';

/** A host variable, "${site.gateway}"; its name is that of a label. For patterns of a JSON Schema as well. */
export const variablePattern = '\\$\\{[A-Za-z0-9]([A-Za-z0-9._/-]*[A-Za-z0-9])?\\}';

const variable = new RegExp(variablePattern, 'g');

/** Names of the labels that a text refers to, each once. */
export function variablesIn(text: string): readonly string[] {
  return [...new Set((text.match(variable) ?? []).map(nameOf))];
}

/** Puts labels in for variables; what a label holds is text, not another variable. Labels that are missing are for the caller to find first. */
export function fillVariables(text: string, labels: Labels): string {
  return text.replace(variable, (found) => labels[nameOf(found)] ?? found);
}

/** Names of the labels without a value. */
export function missingLabels(names: readonly string[], labels: Labels): readonly string[] {
  return names.filter((name) => !Object.hasOwn(labels, name));
}

function nameOf(found: string): string {
  return found.slice(2, -1);
}
