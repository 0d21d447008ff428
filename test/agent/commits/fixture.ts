import pino from 'pino';
import { afterEach, beforeEach, vi } from 'vitest';
import type { Caller, Change, CommitOptions, Operation, OwnedRequest, Risk } from '../../../agent/commits/change.js';
import { CommitEngine } from '../../../agent/commits/engine.js';
import type { Applied, ApplyEvents, EngineOptions } from '../../../agent/commits/engine-options.js';
import { fullGrant } from '../../../agent/commits/grant.js';
import type { Journal } from '../../../agent/commits/journal/journal.js';
import { openJournal } from '../../../agent/commits/journal/open-journal.js';
import { createClassicTable } from '../../../agent/iphlpapi/classic-table.js';
import type { IphlpapiFunction } from '../../../agent/iphlpapi/iphlpapi.js';
import { createNetioTable } from '../../../agent/iphlpapi/netio-table.js';
import { withRegistry } from '../../../agent/iphlpapi/registry-table.js';
import type { SimulationControl } from '../../../agent/iphlpapi/simulated/control.js';
import type { ProfileName } from '../../../agent/iphlpapi/simulated/profiles.js';
import type { SimulatedIphlpapi } from '../../../agent/iphlpapi/simulated/simulated-iphlpapi.js';
import { keyText, type RouteKey } from '../../../agent/routes/route.js';
import type { RouteTable } from '../../../agent/routes/route-table.js';
import { simulateHost } from '../../../agent/simulate.js';
import { TableObserver } from '../../../agent/watch/table-observer.js';
import { type Address, formatAddress, parseAddress } from '../../../proto/address.js';
import { formatPrefix, type Prefix, parsePrefix } from '../../../proto/prefix.js';
import { createMemoryFiles, journalDirectory, type MemoryFiles } from './memory-files.js';

/** For tests with thousands of runs: seconds of work, but minutes on a machine that ten others use. */
export const patienceMs = 600_000;

/** The functions that change the table. */
export const writeFunctions: readonly IphlpapiFunction[] = [
  'CreateIpForwardEntry',
  'CreateIpForwardEntry2',
  'DeleteIpForwardEntry',
  'DeleteIpForwardEntry2',
  'SetIpForwardEntry',
  'SetIpForwardEntry2',
];

/** Timers and clocks stand still until a test moves them; setImmediate runs, for the engine takes breath by it. */
export function useStoppedClock(): void {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] }));
  afterEach(() => void vi.useRealTimers());
}

/** A simulated host with a disk; agents come and go on it. */
export interface Host {
  readonly iphlpapi: SimulatedIphlpapi;
  readonly control: SimulationControl;
  readonly files: MemoryFiles;
  readonly table: RouteTable;
  /** Starts an agent, which undoes what another left behind. */
  start(options?: AgentOptions): Promise<Agent>;
}

/** What differs from a usual agent. */
export type AgentOptions = Partial<Omit<EngineOptions, 'table'>> & { readonly table?: RouteTable };

/** One run of an agent. */
export interface Agent {
  readonly observer: TableObserver;
  readonly engine: CommitEngine;
  readonly journal: Journal;
  apply(change: Partial<Change> | readonly Operation[], options?: Partial<CommitOptions>, who?: ApplyContext): Promise<Applied>;
  /** Resolves when everything that waits now is done. */
  idle(): Promise<void>;
}

/** Everything else about a call. */
export type ApplyContext = Partial<Caller> & Partial<ApplyEvents>;

export function makeHost({
  profile = 'datacenter',
  ipv4Writes = 'classic',
}: {
  readonly profile?: ProfileName;
  readonly ipv4Writes?: 'classic' | 'netio';
} = {}): Host {
  const { iphlpapi } = simulateHost({ profile, simulateHostNumber: 1 });
  const files = createMemoryFiles();
  const table = withRegistry((ipv4Writes === 'classic' ? createClassicTable : createNetioTable)(iphlpapi, false), iphlpapi);
  const start: Host['start'] = async ({ table: own = table, ...options } = {}) => {
    const journal = options.journal ?? (await openJournal({ directory: journalDirectory, files }));
    const log = pino({ level: 'silent' });
    const ownershipOf = (key: RouteKey) => journal.state.receipts.get(keyText(key));
    const observer = new TableObserver({ table: own, log, intervalMs: 1000, ownershipOf });
    const engine = new CommitEngine({
      table: observer.table,
      journal,
      log,
      boot: { id: 'first boot', uptimeSeconds: 1 },
      controllers: () => [],
      now: () => performance.now(),
      ...options,
    });
    await engine.recover();
    return {
      engine,
      observer,
      journal,
      apply: (change, commitOptions, who) => engine.apply(...makeRequest(change, commitOptions, who)),
      idle: () =>
        engine
          .extend('', 0, nobody)
          .then(undefined, () => undefined)
          .then(),
    };
  };
  return { iphlpapi, control: iphlpapi.control, files, table, start };
}

/** A caller without a certificate, who may do everything. */
export const nobody: Caller = { actor: '', peer: undefined, connectedAt: undefined, grant: fullGrant };

/** The arguments of an apply, with defaults: everything is consented to, nothing is to be confirmed. */
function makeRequest(
  change: Partial<Change> | readonly Operation[],
  options: Partial<CommitOptions> = {},
  { actor = 'alice', peer, connectedAt, grant = fullGrant, signal = new AbortController().signal, ...events }: ApplyContext = {},
): [Change, CommitOptions, Caller, ApplyEvents] {
  const given: Partial<Change> = Array.isArray(change) ? { operations: change } : (change as Partial<Change>);
  return [
    { operations: [], atomicity: 'all-or-nothing', owner: '', ...given },
    {
      requestId: '',
      contentHash: 'content',
      validateOnly: false,
      comment: '',
      confirmWithinMs: undefined,
      commitId: '',
      requireFreshConnection: false,
      acceptedRisks: new Set<Risk>(['management-path', 'default-route', 'other-owner']),
      probes: [],
      expectedRevision: undefined,
      planToken: '',
      destinations: [],
      ...options,
    },
    { actor, peer, connectedAt, grant },
    { signal, ...events },
  ];
}

/** "10.9.0.0/16 via 10.30.0.7 on Ethernet0"; without "via" on-link. */
export function row(text: string, members: Partial<OwnedRequest> = {}): OwnedRequest {
  const [, prefix = '', , hop, , alias] = /^(\S+)( via (\S+))?( on (.+))?$/.exec(text) ?? [];
  return {
    destinationPrefix: parsePrefix(prefix),
    nextHop: hop === undefined ? undefined : parseAddress(hop),
    interface: alias === undefined ? undefined : { by: 'alias', alias },
    persistent: false,
    ...members,
  };
}

export const create = (text: string, members?: Partial<OwnedRequest>): Operation => ({ action: 'create', route: row(text, members) });
export const set = (text: string, members?: Partial<OwnedRequest>): Operation => ({ action: 'set', route: row(text, members) });
export const put = (text: string, members?: Partial<OwnedRequest>): Operation => ({ action: 'put', route: row(text, members) });
export const disown = (text: string): Operation => ({ action: 'disown', key: row(text) });
export const remove = (text: string, allowMissing = false): Operation => ({ action: 'delete', key: row(text), allowMissing });

/**
 * Every row with all its members, by its name. Left out: the age, which is the time since the last write, and with `restored` the origin as well,
 * which is always "manual" for a row that was put back: no function sets it.
 */
export function tableOf(
  { control }: Pick<Host, 'control'>,
  { restored = false }: { readonly restored?: boolean } = {},
): Map<string, string> {
  return new Map(
    control
      .routes()
      .map(({ destinationPrefix, nextHop, interfaceLuid, interfaceIndex, age: _age, origin, ...members }): [string, string] => [
        `${nameOf(destinationPrefix, nextHop)} ${interfaceIndex}`,
        JSON.stringify({ ...members, luid: String(interfaceLuid), ...(restored ? {} : { origin }) }),
      ])
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

const names = new Map<string, string>();

/** Prefix and next hop as text; remembered, for properties ask for the same ones a million times. */
function nameOf(prefix: Prefix, nextHop: Address): string {
  const key = `${prefix.bytes}/${prefix.length} ${nextHop.bytes}`;
  const known = names.get(key) ?? `${formatPrefix(prefix)} ${formatAddress({ ...nextHop, scopeId: 0 })}`;
  names.set(key, known);
  return known;
}

/** Calls of functions that write, so far. */
export function writesOf({ control }: Pick<Host, 'control'>): number {
  return writeFunctions.reduce((sum, name) => sum + control.calls(name), 0);
}
