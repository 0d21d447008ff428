import { z } from 'zod';
import type { DriftPolicy } from '../model/change.js';

/** A row of a desired-state file. */
export interface DesiredRouteEntry {
  readonly prefix: string;
  /** Absent: on-link. */
  readonly nextHop?: string | undefined;
  /** An alias, or another name of the interface. */
  readonly interface?:
    | string
    | { readonly index: number }
    | { readonly luid: string | number }
    | { readonly guid: string }
    | { readonly alias: string }
    | undefined;
  readonly metric?: number | undefined;
  readonly persistent?: boolean | undefined;
}

/** A desired-state file whose form is right; its values are not checked yet. */
export interface DesiredStateFile {
  readonly owner: string;
  readonly driftPolicy?: DriftPolicy | undefined;
  readonly routes: readonly DesiredRouteEntry[];
}

const octet = '(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])';
const ipv4 = `(${octet}\\.){3}${octet}`;
// A loose one: whether the groups of an IPv6 address are right is for the parser of addresses to say.
const ipv6 = '[0-9A-Fa-f]*:[0-9A-Fa-f:.]*';

const prefix = z
  .string()
  .regex(
    new RegExp(`^(${ipv4}/(3[0-2]|[12]?[0-9])|${ipv6}/(12[0-8]|1[01][0-9]|[1-9]?[0-9]))$`),
    'is not a prefix such as "10.0.0.0/8" or "2001:db8::/32"',
  )
  .meta({ description: 'Destination prefix, such as "10.0.0.0/8"; the bits behind its length must be zero.' });

const nextHop = z
  .string()
  .regex(new RegExp(`^(${ipv4}|${ipv6}(%[1-9][0-9]{0,9})?)$`), 'is not an IP address such as "192.0.2.1" or "fe80::1%12"')
  .meta({ description: 'Next hop, of the family of the prefix. Absent, "0.0.0.0" and "::": on-link.' });

const maxUint32 = 0xffff_ffff;

const hexadecimal = '[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}';

const alias = z.string().min(1, 'is empty');

const routeInterface = z
  .union(
    [
      alias,
      z.strictObject({ index: z.int().min(1).max(maxUint32) }),
      z.strictObject({ luid: z.union([z.string().regex(/^[1-9][0-9]{0,19}$/), z.int().min(1)]) }),
      z.strictObject({ guid: z.string().regex(new RegExp(`^(\\{${hexadecimal}\\}|${hexadecimal})$`)) }),
      z.strictObject({ alias }),
    ],
    'is not an interface: an alias such as "Ethernet 2", or one of { index: 12 }, { luid: "1689399632855040" }, { guid: "{…}" }',
  )
  .meta({
    description:
      'Alias of the interface, or one of index, luid, guid, alias. A LUID above 9007199254740991 goes in quotes. Absent: the interface by which the host reaches the next hop.',
  });

const route = z.strictObject({
  prefix,
  nextHop: nextHop.optional(),
  interface: routeInterface.optional(),
  metric: z
    .int('is not a whole number')
    .min(0, 'is below 0')
    .max(maxUint32, `is above ${maxUint32}`)
    .meta({ description: "The route's own metric; Windows adds that of the interface. Absent: 0 for a new route, else as it is." })
    .optional(),
  persistent: z
    .boolean('is not true or false')
    .meta({ description: 'Have the agent keep the route over reboots, interface flaps and changes by other programs.', default: true })
    .optional(),
});

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
    routes: z.array(route).meta({ description: 'Every route that the owner shall have; an empty list for none.' }),
  })
  .meta({ title: 'Desired routes of one owner (routefleet)' });
