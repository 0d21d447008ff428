import { FleetError } from './fleet-error.js';

/** Labels of a host. */
export type Labels = Readonly<Record<string, string>>;

type Term = (labels: Labels) => boolean;

const term = /^(?:(?<absent>!\s*[\w./-]+)|(?<key>[\w./-]+)(?:\s*(?<operator>!=|==?)\s*(?<value>[^,=!\s]*))?)$/;

/**
 * Reads "site=ams,role!=edge,managed,!retired". All terms must hold; "role!=edge" also takes hosts without that label.
 *
 * @throws FleetError SELECTOR_INVALID
 */
export function parseLabelSelector(text: string): (labels: Labels) => boolean {
  const terms = text.split(',').map((part) => parseTerm(part.trim(), text));
  return (labels) => terms.every((holds) => holds(labels));
}

function parseTerm(part: string, text: string): Term {
  const { absent, key, operator, value = '' } = term.exec(part)?.groups ?? {};
  if (absent !== undefined) {
    const name = absent.slice(1).trim();
    return (labels) => !Object.hasOwn(labels, name);
  }
  if (key === undefined) {
    throw new FleetError(
      'SELECTOR_INVALID',
      `"${part}" in the label selector "${text}" is no term`,
      'write key=value, key!=value, key (is there) or !key (is not there), separated by commas',
    );
  }
  if (operator === undefined) return (labels) => Object.hasOwn(labels, key);
  const equal: Term = (labels) => Object.hasOwn(labels, key) && labels[key] === value;
  return operator === '!=' ? (labels) => !equal(labels) : equal;
}
