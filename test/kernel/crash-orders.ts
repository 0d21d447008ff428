import type { WireChange } from '../support/wire.js';

/** A call of one of the two ports by which the agent acts on the host. */
export interface CrashCall {
  readonly kind: 'native read' | 'native write' | 'journal';
  readonly name: string;
}

/** What an agent does until it is killed. */
export interface CrashStory {
  /** Undefined: nothing but start. */
  readonly change?: { readonly change: WireChange; readonly confirmWithinSeconds?: number };
  readonly settledBy?: 'confirmCommit' | 'cancelCommit';
  /** Which calls are counted: all; those of the apply and what follows; or only what follows the apply. */
  readonly countFrom: 'start' | 'apply' | 'applied';
}

/** Order to an agent that is killed. */
export interface CrashOrder {
  readonly role: 'crash';
  readonly library: string;
  readonly stateDir: string;
  readonly story: CrashStory;
  /** Number of the call, from 1, before which it is killed; one that does not come: killed at the end of the story. */
  readonly killAt: number;
  /** The call is a write, of which half still happens. */
  readonly torn: boolean;
  /** Number of the native write, from 1, that fails with ERROR_ACCESS_DENIED. */
  readonly failWriteAt?: number | undefined;
}

/** What it tells when it is killed at the end of its story. */
export interface CrashReport {
  readonly calls: readonly CrashCall[];
  readonly answered: readonly string[];
}

/** Order to a process that starts agents on what killed ones left. */
export interface RecoveryOrder {
  readonly role: 'recover';
  readonly library: string;
}

/** What a recovered agent says. */
export interface RecoveryReport {
  /** State of the commit, or why there is none. */
  readonly state?: string;
  readonly fence?: string | undefined;
  readonly refusal?: string | undefined;
  /** It could not even be asked. */
  readonly failure?: string;
}
