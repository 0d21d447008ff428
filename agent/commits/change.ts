import type { Address } from '../../proto/address.js';
import type { RouteReference, RouteRequest } from '../routes/resolve.js';
import type { Route, RouteKey } from '../routes/route.js';
import type { Atomicity, DriftPolicy } from './commit.js';
import type { Failure } from './failure.js';
import { fullGrant, type Grant } from './grant.js';
import type { Peer, Probe } from './probes/probe.js';
import type { TableReading } from './table-reading.js';

/** A danger that a caller takes on knowingly. */
export type Risk = 'management-path' | 'default-route' | 'other-owner';

/** One operation as a caller writes it. */
export type Operation =
  | { readonly action: 'create'; readonly route: OwnedRequest; readonly allowExisting?: boolean }
  | { readonly action: 'set'; readonly route: OwnedRequest; readonly etag?: string }
  | { readonly action: 'put'; readonly route: OwnedRequest }
  | {
      readonly action: 'delete';
      readonly key: RouteReference;
      readonly allowMissing?: boolean;
      readonly etag?: string;
      /** Out of the registry as well. The row itself may be gone already, as long as it stands there. */
      readonly alsoRegistry?: boolean;
    }
  /** The receipt of a row goes, and the row itself stays as it is. */
  | { readonly action: 'disown'; readonly key: RouteReference }
  /** The receipt of a row that is gone goes as well. */
  | { readonly action: 'forget'; readonly key: RouteKey };

/** A row as a caller wants it, and whether the agent keeps it. */
export type OwnedRequest = RouteRequest & { readonly persistent: boolean };

/** What is asked for. */
export interface Change {
  /** As written, or made of the table as it is when the change's turn comes. */
  readonly operations: readonly Operation[] | ((reading: TableReading) => readonly Operation[]);
  /** The operations (all "put") are the whole set of the owner: what it owns beside them is deleted. */
  readonly replaceOwned?: boolean;
  readonly atomicity: Atomicity;
  /** Empty: nobody. */
  readonly owner: string;
  /** Undefined: as before. */
  readonly driftPolicy?: DriftPolicy | undefined;
  /** Removing default routes is what the caller asked for in so many words, and needs no consent of its own. */
  readonly replacesDefaultRoute?: boolean;
  /** Looks at the rows after the writes; what it returns undoes the commit. */
  readonly verify?: (routes: readonly Route[]) => Failure | undefined;
}

/** How to carry a change out. */
export interface CommitOptions {
  readonly requestId: string;
  /** Of everything that was asked. */
  readonly contentHash: string;
  readonly validateOnly: boolean;
  readonly comment: string;
  readonly confirmWithinMs: number | undefined;
  /** Empty: the agent chooses. */
  readonly commitId: string;
  readonly requireFreshConnection: boolean;
  readonly acceptedRisks: ReadonlySet<Risk>;
  readonly probes: readonly Probe[];
  readonly expectedRevision: bigint | undefined;
  /** Empty: not checked. */
  readonly planToken: string;
  /** Addresses whose best route the plan shows as well. */
  readonly destinations: readonly Address[];
}

/** Who asks, and over which connection. */
export interface Caller {
  /** From the certificate; empty: none. */
  readonly actor: string;
  readonly peer: Peer | undefined;
  /** When the connection was opened, by the clock of the engine, in ms; undefined: not known. */
  readonly connectedAt: number | undefined;
  readonly grant: Grant;
}

/** The agent itself, when it puts rows back. */
export const agentCaller: Caller = { actor: 'routefleet-agent', peer: undefined, connectedAt: undefined, grant: fullGrant };
