import * as z from 'zod';
import { InvalidValueError } from '../../proto/invalid-value.js';
import { type Prefix, parsePrefix } from '../../proto/prefix.js';
import type { Grant } from '../commits/grant.js';
import { ConfigError } from '../config-error.js';
import { parseGlobs } from './glob.js';
import { readPolicyDocument } from './policy-document.js';

/** viewer: read and plan. editor: write as well, and settle its own commits. admin: accept risks, other owners' rows, commits of others. */
export const roles = ['none', 'viewer', 'editor', 'admin'] as const;

/** One of {@link roles}; "none" is let do nothing, whatever rules come later. */
export type Role = (typeof roles)[number];

/** What holders of certain certificates may do. */
export interface Rule {
  /** Globs over the identity of a certificate. */
  readonly identities: readonly string[];
  /** Whether one of them fits. */
  fits(identity: string): boolean;
  readonly role: Role;
  /** Rows that may be written lie within one of these. Undefined: anywhere. */
  readonly prefixes?: readonly Prefix[] | undefined;
  /** Interfaces that may be written to. Undefined: any. */
  readonly interfaces?: Grant['interfaces'];
  /** Undefined: any. */
  readonly owners?: readonly string[] | undefined;
}

/** An authorization file: the first rule that fits an identity holds; where none does, nothing may be done. */
export interface Policy {
  readonly rules: readonly Rule[];
}

const text = z.string().min(1);
const list = z.array(text).min(1);

const prefix = z.string().transform((value, context): Prefix => {
  try {
    return parsePrefix(value);
  } catch (error) {
    if (!(error instanceof InvalidValueError)) throw error;
    context.addIssue({ code: 'custom', message: `${error.message}; ${error.remedy}` });
    return z.NEVER;
  }
});

const schema = z.strictObject({
  rules: z.array(
    z.strictObject({
      identities: list,
      role: z.enum(roles),
      prefixes: z.array(prefix).min(1).optional(),
      interfaces: list.optional(),
      owners: list.optional(),
    }),
  ),
});

const remedy = 'write rules as in docs/security.md: "rules: [{ identities: [urn:routefleet:controller:noc], role: admin }]"';

/**
 * Reads an authorization file.
 *
 * @param source - its path, for messages
 * @throws ConfigError with line and rule
 */
export function parsePolicy(yaml: string, source: string): Policy {
  const document = readPolicyDocument(yaml, source, remedy);
  const { data, error } = schema.safeParse(document.content);
  if (data === undefined) throw new ConfigError(error.issues.map(document.explain).join('; '), remedy);
  const limited = data.rules.findIndex(({ role, prefixes, interfaces, owners }) => role !== 'editor' && (prefixes ?? interfaces ?? owners));
  if (limited >= 0) {
    const what = `prefixes, interfaces and owners limit what is written, and its role is ${data.rules[limited]?.role}`;
    throw new ConfigError(
      document.at(['rules', limited], what),
      'leave them out, or make the role editor: an admin is not limited, and a viewer writes nothing',
    );
  }
  return { rules: data.rules.map(compile) };
}

/** Rules are read once, and held against every call. */
function compile({ interfaces, ...rule }: z.output<typeof schema>['rules'][number]): Rule {
  const passes = interfaces && { globs: interfaces, passes: parseGlobs(interfaces, { ignoreCase: true }) };
  return { ...rule, fits: parseGlobs(rule.identities), interfaces: passes };
}

/** The rule of an identity, and its number from 1. Undefined: there is none. */
export function ruleOf({ rules }: Policy, identity: string): { readonly rule: Rule; readonly number: number } | undefined {
  const index = rules.findIndex(({ fits }) => fits(identity));
  const rule = rules[index];
  return rule && { rule, number: index + 1 };
}
