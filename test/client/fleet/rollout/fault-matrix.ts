import type { Fault } from '../../../support/fault-proxy.js';
import type { Strike } from './fault-cells.js';
import type { FaultyFleet, OverheardCall } from './faulty-fleet.js';

/** A fault at a moment, with a host of its own. */
export interface Cell {
  /** Of the host. */
  readonly name: string;
  readonly moment: string;
  readonly fault: string;
  readonly strike: Strike;
  readonly what: Fault;
}

/** Every fault at every moment. */
export function cellsOf(moments: Readonly<Record<string, Strike>>, faults: Readonly<Record<string, Fault>>): readonly Cell[] {
  return Object.entries(moments).flatMap(([moment, strike]) =>
    Object.entries(faults).map(([fault, what]) => ({ name: `${fault}, ${moment}`, moment, fault, strike, what })),
  );
}

/** What a rollout over all cells is overheard with. */
export interface Struck {
  readonly onCall: (call: OverheardCall) => void;
  /** Hosts that were asked to confirm so far. */
  readonly announced: ReadonlySet<string>;
}

/** Lets each fault strike its host at its moment, once. `heal`: until a call to the host fails. */
export function strikeAll(cells: readonly Cell[], { hosts }: FaultyFleet, { heal }: { readonly heal: boolean }): Struck {
  const waiting = new Map(cells.map((cell) => [cell.name, cell]));
  const announced = new Set<string>();

  function prepare({ name, strike, what }: Cell): void {
    const host = hosts.get(name);
    if (host === undefined) throw new Error(`the fleet has no "${name}"`);
    waiting.delete(name);
    strike.prepare(host.proxy, what, host);
  }

  for (const cell of cells) if (cell.strike.call === undefined) prepare(cell);
  return {
    announced,
    onCall({ host, method, stage }) {
      const cell = waiting.get(host);
      const proxy = hosts.get(host)?.proxy;
      if (stage === 'begins' && method === 'confirmCommit') announced.add(host);
      if (stage === 'begins' && cell?.strike.call === method) prepare(cell);
      if (heal && stage === 'failed' && proxy !== undefined && proxy.strikes > 0) proxy.heal();
    },
  };
}
