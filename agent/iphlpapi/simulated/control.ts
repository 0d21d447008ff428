import { parseAddress } from '../../../proto/address.js';
import type { IphlpapiFunction } from '../iphlpapi.js';
import type { ForwardRow2 } from '../row-codec.js';
import type { BulkRoutes } from './bulk-routes.js';
import type { CallGate, Fault } from './call-gate.js';
import type { Quirks } from './host-profile.js';
import { type InterfaceEdits, interfaceEdits } from './interface-edit.js';
import type { NativeTables } from './native-tables.js';
import type { Neighbours } from './neighbours.js';
import { addRoute, deleteRoute, type RouteEdit, setRoute } from './route-edit.js';
import type { SimulatedHost } from './simulated-host.js';
import type { RegistryControl } from './simulated-registry.js';
import type { TableGrowth } from './table-growth.js';

/** The hands that move a simulated host: other programs, cables, administrators, faults. None of it needs elevation or can be made to fail. */
export interface SimulationControl extends InterfaceEdits {
  /** Tables that were returned and not yet freed. */
  readonly openTables: number;
  /** Registrations for notifications that were not cancelled. */
  readonly registrations: number;
  /** Another program adds `count` host routes within 44.0.0.0/8. */
  addManyRoutes(count: number): void;
  /** Another program adds a row. */
  addRoute(edit: RouteEdit): void;
  /** How often a function was called. */
  calls(functionName: IphlpapiFunction): number;
  /** Ends every fault. */
  clearFaults(): void;
  /** Makes an asynchronous function take its time; 0 ends it. */
  delay(functionName: IphlpapiFunction, delayMs: number): void;
  /** Another program deletes a row. */
  deleteRoute(edit: RouteEdit): void;
  /** Makes calls of a function fail without effect. */
  fail(functionName: IphlpapiFunction, fault: Fault): void;
  /** After each of the next `times` (default 1) answers of a size by GetIpForwardTable, `rows` (default 1) rows are added. */
  growBetweenCalls(growth?: { readonly times?: number; readonly rows?: number }): void;
  /** The persistent routes in the registry of the host. */
  readonly registry: RegistryControl;
  /** The rows as they are now, for assertions. */
  routes(): ForwardRow2[];
  /** Gives the caller the rights of an administrator, or takes them. */
  setElevated(elevated: boolean): void;
  /** A machine on the link of an interface comes up, or goes silent. Until told otherwise the routers of every network answer: hosts 1 to 9. */
  setNeighbour(interfaceAlias: string, address: string, answers: boolean): void;
  /** Changes some of the host's peculiarities. */
  setQuirks(quirks: Partial<Quirks>): void;
  /** Another program changes the given members of a row. */
  setRoute(edit: RouteEdit): void;
}

/** The parts of a simulation that a control moves. */
export interface ControlledParts {
  readonly host: SimulatedHost;
  readonly gate: CallGate;
  readonly tables: NativeTables;
  readonly bulk: BulkRoutes;
  readonly growth: TableGrowth;
  readonly neighbours: Neighbours;
  readonly registry: RegistryControl;
}

/** The control of a simulation. */
export function createControl({ host, gate, tables, bulk, growth, neighbours, registry }: ControlledParts): SimulationControl {
  const edits = interfaceEdits(host);
  return {
    ...edits,
    get openTables() {
      return tables.open;
    },
    get registrations() {
      return host.notifications.count;
    },
    addManyRoutes: (count) => bulk.add(count),
    addRoute: (edit) => addRoute(host, edit),
    calls: (functionName) => gate.calls(functionName),
    clearFaults: () => gate.clearFaults(),
    delay: (functionName, delayMs) => gate.delay(functionName, delayMs),
    deleteRoute: (edit) => deleteRoute(host, edit),
    fail: (functionName, fault) => gate.fail(functionName, fault),
    growBetweenCalls: ({ times = 1, rows = 1 } = {}) => growth.arm(times, rows),
    registry,
    routes: () => {
      host.expireRoutes();
      return Array.from(host.routes, (route) => ({ ...route.row, age: host.ageSeconds(route) }));
    },
    setElevated: (elevated) => {
      host.elevated = elevated;
    },
    setNeighbour: (interfaceAlias, address, answers) => neighbours.set(edits.interface(interfaceAlias), parseAddress(address), answers),
    setQuirks: (quirks) => {
      host.quirks = { ...host.quirks, ...quirks };
    },
    setRoute: (edit) => setRoute(host, edit),
  };
}
