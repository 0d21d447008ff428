import * as z from 'zod';
import type { ChangeOptions } from '../model/call-options.js';
import type { InterfaceSelector, RouteSpec } from '../model/route-spec.js';
import type { SavedPlan } from './saved-plan.js';

/** Marks a file as a saved plan, whatever its version. */
export const planKind = 'routefleet.plan';

/** Version of the form; a file of another one is refused. */
export const planVersion = 1;

const text = z.string().min(1);
const count = z.int().min(0);
const uint64 = z
  .string()
  .regex(/^\d{1,20}$/)
  .transform(BigInt);

const routeInterface: z.ZodType<InterfaceSelector> = z.union([
  z.strictObject({ index: count }),
  z.strictObject({ luid: uint64 }),
  z.strictObject({ guid: text }),
  z.strictObject({ alias: text }),
]);

const route: z.ZodType<RouteSpec> = z.strictObject({
  destinationPrefix: text,
  nextHop: text.optional(),
  interface: routeInterface.optional(),
  metric: count.optional(),
  validLifetimeSeconds: count.optional(),
  preferredLifetimeSeconds: count.optional(),
  publish: z.boolean().optional(),
  persistent: z.boolean().optional(),
});

const options: z.ZodType<SavedPlan['options']> = z.strictObject({
  owner: text,
  driftPolicy: z.enum(['enforce', 'report']).optional(),
  atomicity: z.enum(['allOrNothing', 'continueOnError'] satisfies ChangeOptions['atomicity'][]).optional(),
  destinations: z.array(text).optional(),
});

const host = z.strictObject({
  name: text,
  address: text,
  bootId: text,
  revision: uint64,
  planToken: text,
  summary: z.strictObject({ creates: count, sets: count, deletes: count, unchanged: count }),
  routes: z.array(route),
});

/** The form of a saved plan, without kind and version. */
export const savedPlanSchema: z.ZodType<SavedPlan> = z.strictObject({
  createTime: z.iso.datetime().transform((time) => new Date(time)),
  inventory: z.strictObject({ path: text, sha256: text }).optional(),
  file: text,
  options,
  hosts: z.array(host).min(1),
  unplanned: z.array(z.strictObject({ name: text, address: text, reason: text })),
});

/** The text of a saved plan. Numbers of 64 bits go as text: JSON's lose digits. */
export function formatPlan(plan: SavedPlan): string {
  const content = { kind: planKind, version: planVersion, ...plan };
  return `${JSON.stringify(content, (_key, value) => (typeof value === 'bigint' ? value.toString() : value), 2)}\n`;
}
