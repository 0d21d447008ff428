/** Members of a row that its etag tells besides the metric. */
export interface EtagMembers {
  /** NL_ROUTE_PROTOCOL. */
  readonly protocol: number;
  /** NL_ROUTE_ORIGIN; undefined: not told. */
  readonly origin: number | undefined;
  readonly sitePrefixLength: number;
  readonly loopback: boolean;
  readonly autoconfigured: boolean;
  readonly publish: boolean;
  readonly immortal: boolean;
}

/** Changes when anything but age and lifetimes changes: the metric, a hyphen, and {@link etagEnd}. */
export function etagOf(row: EtagMembers & { readonly metric: number }): string {
  return `${row.metric}-${etagEnd(row)}`;
}

/** The part of an etag that rows have in common by the thousand. */
export function etagEnd({ protocol, origin, sitePrefixLength, loopback, autoconfigured, publish, immortal }: EtagMembers): string {
  const flags = [loopback, autoconfigured, publish, immortal].map(Number).join('');
  return [protocol, origin ?? '', sitePrefixLength, flags].join('-');
}
