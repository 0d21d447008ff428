import * as z from 'zod';
import type { DriftPolicy } from '../model/change.js';
import { variablePattern } from './host-variables.js';

/** A row of a desired-state file. Texts may hold host variables, "${site.gateway}". */
export interface DesiredRouteEntry {
  readonly prefix: string;
  /** Absent: on-link. */
  readonly nextHop?: string | undefined;
  /** An alias, or another name of the interface. */
  readonly interface?:
    | string
    | { readonly index: number | string }
    | { readonly luid: string | number }
    | { readonly guid: string }
    | { readonly alias: string }
    | undefined;
  readonly metric?: number | string | undefined;
  readonly persistent?: boolean | undefined;
}

/** Routes of some of the hosts: those with the labels, and with one of the names. */
export interface DesiredSectionEntry {
  readonly labels?: string | readonly string[] | undefined;
  readonly hosts?: string | readonly string[] | undefined;
  readonly routes: readonly DesiredRouteEntry[];
}

/** A desired-state file whose form is right; its values are not checked yet. It has either `routes` or `sections`. */
export interface DesiredStateFile {
  readonly owner: string;
  readonly driftPolicy?: DriftPolicy | undefined;
  readonly routes?: readonly DesiredRouteEntry[] | undefined;
  readonly sections?: readonly DesiredSectionEntry[] | undefined;
}

const octet = '(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])';
const ipv4 = `(${octet}\\.){3}${octet}`;
// A loose one: whether the groups of an IPv6 address are right is for the parser of addresses to say.
const ipv6 = '[0-9A-Fa-f]*:[0-9A-Fa-f:.]*';
// What comes of it on a host is checked when the labels are put in.
const template = `[^$]*(${variablePattern}[^$]*)+`;

const prefix = z
  .string()
  .regex(
    new RegExp(`^(${ipv4}/(3[0-2]|[12]?[0-9])|${ipv6}/(12[0-8]|1[01][0-9]|[1-9]?[0-9])|${template})$`),
    `is not a prefix such as "10.0.0.0/8", "2001:db8::/32" or "\${site.net}/16"`,
  )
  .meta({ description: 'Destination prefix, such as "10.0.0.0/8"; the bits behind its length must be zero.' });

const nextHop = z
  .string()
  .regex(
    new RegExp(`^(${ipv4}|${ipv6}(%[1-9][0-9]{0,9})?|${template})$`),
    `is not an IP address such as "192.0.2.1" or "fe80::1%12", nor a host variable such as "\${site.gateway}"`,
  )
  .meta({ description: 'Next hop, of the family of the prefix. Absent, "0.0.0.0" and "::": on-link.' });

const maxUint32 = 0xffff_ffff;

const filled = z.string().regex(new RegExp(`^${template}$`), `in quotes is not a host variable such as "\${metric}"`);

const hexadecimal = '[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}';

// "${" that begins no variable is a typing error rather than part of an alias.
const alias = z
  .string()
  .min(1, 'is empty')
  .regex(new RegExp(`^([^$]|\\$(?!\\{)|${variablePattern})*$`), `holds "\${" without the name of a label and "}"`);

const routeInterface = z
  .union(
    [
      alias,
      z.strictObject({ index: z.union([z.int().min(1).max(maxUint32), filled]) }),
      z.strictObject({ luid: z.union([z.string().regex(new RegExp(`^([1-9][0-9]{0,19}|${template})$`)), z.int().min(1)]) }),
      z.strictObject({ guid: z.string().regex(new RegExp(`^(\\{${hexadecimal}\\}|${hexadecimal}|${template})$`)) }),
      z.strictObject({ alias }),
    ],
    'is not an interface: an alias such as "Ethernet 2", or one of { index: 12 }, { luid: "1689399632855040" }, { guid: "{…}" }',
  )
  .meta({
    description:
      'Alias of the interface, or one of index, luid, guid, alias. A LUID above 9007199254740991 goes in quotes. Absent: the interface by which the host reaches the next hop.',
  });

const metric = z.int('is not a whole number').min(0, 'is below 0').max(maxUint32, `is above ${maxUint32}`);

const route = z
  .strictObject({
    prefix,
    nextHop: nextHop.optional(),
    interface: routeInterface.optional(),
    metric: z
      .union([metric, filled], 'is not a whole number')
      .meta({ description: "The route's own metric; Windows adds that of the interface. Absent: 0 for a new route, else as it is." })
      .optional(),
    persistent: z
      .boolean('is not true or false')
      .meta({ description: 'Have the agent keep the route over reboots, interface flaps and changes by other programs.', default: true })
      .optional(),
  })
  .meta({ description: `A route. Texts may hold host variables: "\${site.gateway}" is the label "site.gateway" of each host.` });

const texts = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)], 'is not a text, nor a list of texts');

const section = z
  .strictObject({
    labels: texts
      .meta({ description: 'Hosts with these labels, as "-l" takes them: "site=ams,role!=edge". Of a list all must hold.' })
      .optional(),
    hosts: texts.meta({ description: 'Hosts by name, as "--host" takes them: "web*". Of a list one must fit.' }).optional(),
    routes: z.array(route).meta({ description: 'Routes that each of these hosts shall have, beside those of the other sections.' }),
  })
  .refine(({ labels, hosts }) => labels !== undefined || hosts !== undefined, { path: ['hosts'] })
  .meta({ anyOf: [{ required: ['labels'] }, { required: ['hosts'] }] });

/** The rules about keys that exclude each other are told of even where others are broken. */
const alsoWhenBroken = { when: ({ value }: z.core.ParsePayload) => typeof value === 'object' && value !== null };

/** The form of a desired-state file. `desired-state.schema.json` is made from it. */
export const desiredStateSchema: z.ZodType<DesiredStateFile> = z
  .strictObject({
    owner: z
      .string()
      .regex(/^[A-Za-z0-9_.:/@+-]{1,64}$/, 'is not 1 to 64 characters out of letters, digits and "_.:/@+-"')
      .meta({ description: 'Who the routes belong to. Routes of this owner that are not listed are deleted; others are left alone.' }),
    driftPolicy: z
      .enum(['enforce', 'report'], 'is not "enforce" or "report"')
      .meta({
        description:
          'What agents do when another program changes a persistent route: put it back, or only report it. Absent: as before; "enforce" for a new owner.',
      })
      .optional(),
    routes: z
      .array(route)
      .meta({ description: 'Every route that the owner shall have, on every host; an empty list for none.' })
      .optional(),
    sections: z
      .array(section)
      .min(1, 'has no section')
      .meta({
        description:
          'In place of routes: what hosts shall have by label or name. A host has what all sections that fit it say; one that none fits is left alone.',
      })
      .optional(),
  })
  .refine((file) => file.routes !== undefined || file.sections !== undefined, { path: ['routes'], ...alsoWhenBroken })
  .refine((file) => file.routes === undefined || file.sections === undefined, {
    path: ['sections'],
    message: 'stands beside "routes", and only one of them can',
    ...alsoWhenBroken,
  })
  .meta({ title: 'Desired routes of one owner (routefleet)', oneOf: [{ required: ['routes'] }, { required: ['sections'] }] });
