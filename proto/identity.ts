import { InvalidValueError, quote } from './invalid-value.js';

/** What somebody is in a fleet: an agent on a host, or a controller that calls agents. */
export type IdentityKind = 'agent' | 'controller';

/** Who a certificate is for. */
export interface Identity {
  readonly kind: IdentityKind;
  /** Canonical, see {@link canonicalName}: of an agent the name of its host. */
  readonly name: string;
}

const nameRule = /^[a-z\d](?:[a-z\d._-]{0,62}[a-z\d])?$/;

/**
 * The name of a host or controller as it stands in certificates: lower case, since Windows does not tell host names apart by case.
 *
 * @throws InvalidValueError INVALID_TEXT
 */
export function canonicalName(text: string): string {
  const name = text.toLowerCase();
  if (nameRule.test(name)) return name;
  throw new InvalidValueError(
    'INVALID_TEXT',
    `the name ${quote(text)} does not consist of 1 to 64 letters, digits, ".", "_" and "-", the first and the last a letter or digit`,
    'write a name such as "web1" or "web1.example.net"',
  );
}

/** The identity as a subject alternative name of type URI, "urn:routefleet:agent:web1". */
export function identityUri({ kind, name }: Identity): string {
  return `urn:routefleet:${kind}:${name}`;
}

/** Reads what {@link identityUri} writes; undefined for any other text. */
export function parseIdentityUri(uri: string): Identity | undefined {
  const [, kind, name = ''] = /^urn:routefleet:(agent|controller):(.*)$/s.exec(uri) ?? [];
  return kind !== undefined && nameRule.test(name) ? { kind: kind as IdentityKind, name } : undefined;
}
