import * as z from 'zod';

/** The `tls` part of defaults, a group or a host. Any file may come from any of them; together they must be complete. */
export interface TlsEntry {
  readonly ca?: string | undefined;
  readonly certificate?: string | undefined;
  readonly key?: string | undefined;
  readonly serverName?: string | undefined;
}

/** What can be said for many hosts. */
export interface DefaultsEntry {
  readonly port?: number | undefined;
  /** Time for each call, in milliseconds; "10s" in the file. */
  readonly timeout?: number | undefined;
  readonly tls?: TlsEntry | undefined;
}

/** What can be said for the hosts of a group. */
export interface GroupEntry extends DefaultsEntry {
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** Members; a host can also name its groups. */
  readonly hosts?: readonly string[] | undefined;
}

/** What can be said of a host. */
export interface HostEntry extends DefaultsEntry {
  /** Absent: the name of the host. */
  readonly address?: string | undefined;
  readonly groups?: readonly string[] | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
}

/** An inventory file whose form is right; its references are not checked yet. */
export interface InventoryFile {
  readonly defaults?: DefaultsEntry | null | undefined;
  readonly groups?: Readonly<Record<string, GroupEntry | null>> | null | undefined;
  readonly hosts: Readonly<Record<string, HostEntry | null>>;
}

const text = z.string().min(1, 'is empty');

const name = z.string().regex(/^[A-Za-z0-9]([A-Za-z0-9._-]{0,251}[A-Za-z0-9])?$/, 'is not made of letters, digits, ".", "_" and "-"');

const labelName = z.string().regex(/^[A-Za-z0-9]([A-Za-z0-9._/-]*[A-Za-z0-9])?$/, 'is not made of letters, digits, ".", "_", "/" and "-"');

// A bare "rack: 12" is meant as the text that it looks like.
const labelValue = z
  .union([z.string(), z.number(), z.boolean()], 'is not a text')
  .transform(String)
  .pipe(z.string().regex(/^[^,=!\s]*$/, 'holds one of ",", "=", "!" or a space'));

const labels = z.record(labelName, labelValue);

const port = z.int('is not a whole number').min(1, 'is below 1').max(65_535, 'is above 65535');

const unitsMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

const timeout = z
  .string()
  .regex(/^0*[1-9]\d{0,8}(ms|s|m|h)$/, 'is not a time above 0 such as "500ms", "10s" or "2m"')
  .transform((value) => Number.parseInt(value, 10) * (unitsMs[value.replace(/\d+/, '')] ?? 0));

const tls = z.strictObject({ ca: text.optional(), certificate: text.optional(), key: text.optional(), serverName: text.optional() });

const common = { port: port.optional(), timeout: timeout.optional(), tls: tls.optional() };

const group = z.strictObject({ ...common, labels: labels.optional(), hosts: z.array(name).optional() });

const host = z.strictObject({ ...common, address: text.optional(), groups: z.array(name).optional(), labels: labels.optional() });

/** The form of an inventory file. An entry may be left empty: `web1:` is a host whose name is its address. */
export const inventorySchema: z.ZodType<InventoryFile> = z.strictObject({
  defaults: z.strictObject(common).nullish(),
  groups: z.record(name, group.nullable()).nullish(),
  hosts: z.record(name, host.nullable()),
});
