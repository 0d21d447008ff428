import type { Fault, FaultProxy } from '../../../support/fault-proxy.js';
import type { FaultyHost } from './faulty-fleet.js';

/** Every kind of fault, by what the tests call it. A delay is long enough for each handshake to feel it, and shorter than any call may take. */
export const faults: Readonly<Record<string, Fault>> = {
  delay: { kind: 'delay', ms: 60 },
  'drop to the agent': { kind: 'drop', way: 'toAgent' },
  'drop to the controller': { kind: 'drop', way: 'toController' },
  'black hole': { kind: 'blackHole' },
  'half-open, agent gone': { kind: 'halfOpen', gone: 'agent' },
  'half-open, controller gone': { kind: 'halfOpen', gone: 'controller' },
  reset: { kind: 'reset' },
  refuse: { kind: 'refuse' },
};

/** A moment of the work on a host: with the call that brings it near, and how the proxy finds it from there. */
export interface Strike {
  /** The first of its kind. Undefined: before anything is called. */
  readonly call?: 'applyRoutes' | 'confirmCommit' | undefined;
  prepare(proxy: FaultProxy, fault: Fault, host: FaultyHost): void;
}

const now: Strike['prepare'] = (proxy, fault) => proxy.strike(fault);
const nextConnection: Strike['prepare'] = (proxy, fault) => proxy.strikeAt({ connection: 1 }, fault);
/** The answer of a server to a TLS 1.3 handshake with its certificate is longer. */
const inHandshake: Strike['prepare'] = (proxy, fault) => proxy.strikeAt({ way: 'toController', afterBytes: 200 }, fault);

/** With the first bytes from an agent that has one commit more in this state on disk: its answer does not arrive. */
function onceOnDisk(state: string): Strike['prepare'] {
  return (proxy, fault, { commits }) => {
    const count = () => [...commits().values()].filter((each) => each === state).length;
    const before = count();
    proxy.strikeAt({ way: 'toController', once: () => count() > before }, fault);
  };
}

/** Moments of a change. */
export const changeMoments: Readonly<Record<string, Strike>> = {
  'before the first connection': { prepare: now },
  'in the first handshake': { prepare: inHandshake },
  'as the change is sent': { call: 'applyRoutes', prepare: now },
  'as the change is answered': { call: 'applyRoutes', prepare: onceOnDisk('pending') },
  'before the fresh connection': { call: 'confirmCommit', prepare: nextConnection },
  'in the fresh handshake': { call: 'confirmCommit', prepare: inHandshake },
  'as the confirmation is answered': { call: 'confirmCommit', prepare: onceOnDisk('committed') },
};

/** Moments of undoing it. */
export const undoMoments: Readonly<Record<string, Strike>> = {
  'before the first connection': { prepare: now },
  'as the undoing is sent': { call: 'applyRoutes', prepare: now },
  'as the undoing is answered': { call: 'applyRoutes', prepare: onceOnDisk('pending') },
  'before the fresh connection': { call: 'confirmCommit', prepare: nextConnection },
  'as its confirmation is answered': { call: 'confirmCommit', prepare: onceOnDisk('committed') },
};
