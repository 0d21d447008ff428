import fc from 'fast-check';
import type { Change, Operation } from '../../../agent/commits/change.js';
import type { CommitRecord } from '../../../agent/commits/commit.js';
import type { IphlpapiFunction } from '../../../agent/iphlpapi/iphlpapi.js';
import { formatAddress, parseAddress } from '../../../proto/address.js';
import { formatPrefix } from '../../../proto/prefix.js';
import { create, type Host, put, row, set, tableOf, writeFunctions } from './fixture.js';

const interfaces = { Ethernet0: 4, Storage: 6 } as const;

/** Names of the rows that random changes are about: both families, two interfaces, several next hops. No profile has them. */
export const slots: readonly string[] = (['Ethernet0', 'Storage'] as const).flatMap((alias) => [
  `10.200.0.0/16 via 10.40.0.1 on ${alias}`,
  `10.200.0.0/16 via 10.40.0.2 on ${alias}`,
  `10.200.0.0/16 on ${alias}`,
  `10.201.7.0/24 via 10.30.0.9 on ${alias}`,
  `10.202.0.1/32 on ${alias}`,
  `2001:db8:200::/48 via fe80::1 on ${alias}`,
  `2001:db8:200::/48 on ${alias}`,
]);

/** What can be asked of a row. */
export interface Members {
  readonly metric: number;
  readonly publish: boolean;
}

/** Rows of the universe by slot. */
export type Rows = ReadonlyMap<string, Members>;

/** A row of another program, also with members that only that can give it. */
export interface ForeignRow extends Members {
  readonly slot: string;
  readonly protocol: number;
  readonly origin: number;
  readonly autoconfigureAddress: boolean;
  readonly sitePrefixLength: number;
  readonly validLifetime: number;
}

export const slot: fc.Arbitrary<string> = fc.constantFrom(...slots);
export const metric: fc.Arbitrary<number> = fc.constantFrom(0, 1, 7, 300);

export const foreignRows: fc.Arbitrary<ForeignRow[]> = fc.uniqueArray(
  fc.record({
    slot,
    metric,
    publish: fc.boolean(),
    protocol: fc.constantFrom(3, 3, 8, 10006),
    origin: fc.constantFrom(0, 2, 3),
    autoconfigureAddress: fc.boolean(),
    sitePrefixLength: fc.constantFrom(0, 8),
    validLifetime: fc.constantFrom(0xffff_ffff, 0xffff_ffff, 5000),
  }),
  { selector: (each) => each.slot, maxLength: slots.length },
);

/** An operation on a slot. */
export interface Asked {
  readonly slot: string;
  readonly action: 'create' | 'set' | 'put' | 'delete';
  readonly metric: number | undefined;
  readonly publish: boolean | undefined;
  readonly lenient: boolean;
}

const members = {
  slot,
  metric: fc.option(metric, { nil: undefined }),
  publish: fc.option(fc.boolean(), { nil: undefined }),
  lenient: fc.boolean(),
};
const listOf = (action: fc.Arbitrary<Asked['action']>): fc.Arbitrary<Asked[]> =>
  fc.uniqueArray(fc.record({ ...members, action }), { selector: (each) => each.slot, maxLength: 8 });

/** A change without its operations in the words of the engine. */
export interface AskedChange {
  readonly asked: readonly Asked[];
  readonly replaceOwned: boolean;
  readonly owner: '' | 'netops' | 'lab';
  readonly atomicity: Change['atomicity'];
}

const atomicity = fc.constantFrom<Change['atomicity']>('all-or-nothing', 'continue-on-error');

export const changes: fc.Arbitrary<AskedChange> = fc.oneof(
  fc.record({
    asked: listOf(fc.constantFrom('create', 'set', 'put', 'put', 'delete')),
    replaceOwned: fc.constant(false),
    owner: fc.constantFrom('', 'netops', 'lab'),
    atomicity,
  }),
  fc.record({ asked: listOf(fc.constant('put')), replaceOwned: fc.constant(true), owner: fc.constantFrom('netops', 'lab'), atomicity }),
);

/** As the engine takes it. */
export function changeOf({ asked, ...change }: AskedChange): Change {
  return { ...change, operations: asked.map(operationOf) };
}

function operationOf({ slot: text, action, metric: wanted, publish, lenient }: Asked): Operation {
  const route = { metric: wanted, publish };
  if (action === 'create') return { ...create(text, route), allowExisting: lenient } as Operation;
  if (action === 'delete') return { action, key: row(text), allowMissing: lenient };
  return action === 'set' ? set(text, route) : put(text, route);
}

/** What a single operation makes of a row; "refused" where it cannot be done. */
export function outcomeOf(asked: Asked, before: Members | undefined, owned: boolean): Members | undefined | 'refused' {
  const { action, lenient } = asked;
  if (action === 'delete') return before === undefined && !lenient && !owned ? 'refused' : undefined;
  const after: Members = { metric: asked.metric ?? before?.metric ?? 0, publish: asked.publish ?? before?.publish ?? false };
  const same = before?.metric === after.metric && before.publish === after.publish;
  if (action === 'create' && before !== undefined && !(lenient && same)) return 'refused';
  return action === 'set' && before === undefined ? 'refused' : after;
}

/** The rows that a change asks for; undefined: it is refused as a whole. `failed`: slots whose step failed on the way. */
export function rowsAfter(
  { asked, replaceOwned, owner, atomicity: mode }: AskedChange,
  before: Rows,
  owners: ReadonlyMap<string, string>,
  failed: ReadonlySet<string> = new Set(),
): Rows | undefined {
  const after = new Map(before);
  const put = (name: string, value: Members | undefined): void => {
    if (failed.has(name)) return;
    if (value === undefined) after.delete(name);
    else after.set(name, value);
  };
  for (const each of asked) {
    const outcome = outcomeOf(each, before.get(each.slot), owners.has(each.slot));
    if (outcome === 'refused' && mode === 'all-or-nothing') return undefined;
    if (outcome !== 'refused') put(each.slot, outcome);
  }
  if (replaceOwned) for (const [name, of] of owners) if (of === owner && !asked.some((each) => each.slot === name)) put(name, undefined);
  return after;
}

/** Adds rows of another program. */
export function addForeign({ control }: Host, rows: readonly ForeignRow[]): void {
  for (const { slot: text, validLifetime, ...rest } of rows) {
    control.addRoute({
      ...editOf(text),
      ...rest,
      validLifetime,
      preferredLifetime: validLifetime,
      immortal: validLifetime === 0xffff_ffff,
    });
  }
}

/** A slot as the hands of the simulation name it. */
export function editOf(text: string): { interfaceAlias: string; destinationPrefix: string; nextHop: string } {
  const { destinationPrefix, nextHop } = row(text);
  const interfaceAlias = text.split(' on ')[1] ?? '';
  return {
    interfaceAlias,
    destinationPrefix: formatPrefix(destinationPrefix),
    nextHop: formatAddress(nextHop ?? parseAddress(destinationPrefix.family === 4 ? '0.0.0.0' : '::')),
  };
}

const slotNames = new Map(
  slots.map((text) => {
    const { destinationPrefix, nextHop, interfaceAlias } = editOf(text);
    return [`${destinationPrefix} ${nextHop} ${interfaces[interfaceAlias as keyof typeof interfaces]}`, text];
  }),
);

/** The slots of a commit whose step failed. */
export function failedSlots({ steps }: CommitRecord): Set<string> {
  return new Set(
    steps.flatMap(
      ({
        outcome,
        key: {
          destinationPrefix,
          nextHop,
          interface: { index },
        },
      }) => {
        const name = `${formatPrefix(destinationPrefix)} ${formatAddress({ ...nextHop, scopeId: 0 })} ${index}`;
        return outcome.failure === undefined ? [] : [slotNames.get(name) ?? name];
      },
    ),
  );
}

/** The rows of the universe, and all others with all their members. */
export function splitTable(host: Host): { readonly rows: Rows; readonly others: ReadonlyMap<string, string> } {
  const rows = new Map<string, Members>();
  const others = new Map<string, string>();
  for (const [name, text] of tableOf(host)) {
    const found = slotNames.get(name);
    if (found === undefined) others.set(name, text);
    else {
      const { metric: is, publish } = JSON.parse(text) as Members;
      rows.set(found, { metric: is, publish });
    }
  }
  return { rows, others };
}

/** A native call that fails. */
export const faults: fc.Arbitrary<{ functionName: IphlpapiFunction; call: number; code: number }> = fc.record({
  functionName: fc.constantFrom<IphlpapiFunction[]>(
    ...writeFunctions,
    'GetIpForwardEntry2',
    'GetIpForwardTable2',
    'ConvertInterfaceLuidToIndex',
  ),
  call: fc.integer({ min: 1, max: 12 }),
  code: fc.constantFrom(5, 8, 1450),
});
