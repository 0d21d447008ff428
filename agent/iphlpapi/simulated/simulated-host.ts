import type { Family } from '../../../proto/address.js';
import { INFINITE, MIB_IPFORWARD_ROW2 } from '../layout.js';
import { dataView, type ForwardRow2 } from '../row-codec.js';
import { addressFamily } from '../sockaddr.js';
import { addressesOf, type HostInterface, hostInterface } from './host-interface.js';
import type { Quirks, SimulatedHostProfile } from './host-profile.js';
import { Notifications, type NotificationType } from './notifications.js';
import { encodeInterfaceKey, encodeRouteKey, encodeUnicastKey } from './partial-rows.js';
import { RouteStore, type RowIdentity, type StoredRoute } from './route-store.js';
import { configuredRow, systemRows } from './system-rows.js';

/** The longest delay of setTimeout. */
const MAX_TIMEOUT_MS = 0x7fff_ffff;

/** What every function of the simulation reads and changes: interfaces, routes, who listens. Every change notifies as Windows does. */
export class SimulatedHost {
  readonly profile: SimulatedHostProfile;
  readonly notifications: Notifications = new Notifications();
  elevated: boolean;
  quirks: Quirks;
  readonly #store = new RouteStore();
  readonly #interfaces = new Map<bigint, HostInterface>();
  readonly #nowMs: () => number;

  constructor(profile: SimulatedHostProfile, nowMs: () => number) {
    this.profile = profile;
    this.elevated = profile.elevated;
    this.quirks = profile.quirks;
    this.#nowMs = nowMs;
    for (const each of profile.interfaces) this.addInterface(hostInterface(each));
  }

  get interfaces(): HostInterface[] {
    return [...this.#interfaces.values()];
  }

  /** By LUID, or by index where the LUID is 0: the order in which Windows looks at the two. */
  findInterface(luid: bigint, index: number): HostInterface | undefined {
    return luid === 0n ? this.interfaces.find((each) => each.index === index) : this.#interfaces.get(luid);
  }

  get routes(): Iterable<StoredRoute> {
    return this.#store.values();
  }

  /** A row by its identity. */
  getRoute(identity: RowIdentity): StoredRoute | undefined {
    return this.#store.get(identity);
  }

  /** Seconds since the row was added or modified. */
  ageSeconds({ changedAtMs }: StoredRoute): number {
    return Math.max(0, Math.floor((this.#nowMs() - changedAtMs) / 1000));
  }

  /** Writes the row into MIB_IPFORWARD_ROW2 memory. */
  copyRoute(route: StoredRoute, target: Uint8Array, offset: number = 0, view: DataView = dataView(target)): void {
    target.set(route.bytes, offset);
    view.setUint32(offset + MIB_IPFORWARD_ROW2.Age, this.ageSeconds(route), true);
  }

  addRoute(row: ForwardRow2): void {
    this.#put(row, 'AddInstance');
  }

  setRoute(row: ForwardRow2): void {
    this.#put(row, 'ParameterNotification');
  }

  #put(row: ForwardRow2, type: NotificationType): void {
    this.#store.put(row, this.#nowMs());
    this.#publishRoute(row, type);
    const lifetimeMs = row.validLifetime * 1000;
    // Rows also expire when a function is called, so an injected clock needs no timer.
    if (row.validLifetime !== INFINITE && lifetimeMs <= MAX_TIMEOUT_MS) setTimeout(() => this.expireRoutes(), lifetimeMs).unref();
  }

  deleteRoute(identity: RowIdentity): void {
    const route = this.#store.get(identity);
    if (route === undefined) return;
    this.#store.delete(identity);
    this.#publishRoute(route.row, 'DeleteInstance');
  }

  /** Drops the rows whose valid lifetime is over. */
  expireRoutes(): void {
    for (const row of this.#store.expire(this.#nowMs())) this.#publishRoute(row, 'DeleteInstance');
  }

  addInterface(owner: HostInterface): void {
    this.#interfaces.set(owner.luid, owner);
    for (const family of owner.bindings.keys()) this.#publishBinding(owner, family, 'AddInstance');
    this.addSystemRoutes(owner);
  }

  removeInterface(owner: HostInterface): void {
    this.removeRoutesOn(owner);
    this.#interfaces.delete(owner.luid);
    for (const family of owner.bindings.keys()) this.#publishBinding(owner, family, 'DeleteInstance');
  }

  /** Puts the changed interface in the place of the old one, and says that its parameters changed. */
  replaceInterface(owner: HostInterface, families: Iterable<Family> = owner.bindings.keys()): void {
    this.#interfaces.set(owner.luid, owner);
    for (const family of families) this.#publishInterface(owner, family, 'ParameterNotification');
  }

  /** The rows of an interface that came up: those of Windows itself, and those of the host's configuration. */
  addSystemRoutes(owner: HostInterface, families: Iterable<Family> = owner.bindings.keys()): void {
    if (!owner.up) return;
    for (const family of families) {
      const configured = this.profile.routes.filter(({ interfaceAlias }) => interfaceAlias === owner.profile.alias);
      const rows = [...systemRows(owner, family), ...configured.map((route) => configuredRow(owner, route))];
      for (const row of rows) {
        if (row.destinationPrefix.family === family && this.#store.get(row) === undefined) this.addRoute(row);
      }
    }
  }

  /** An active row does not outlive the link or the binding that it is on. */
  removeRoutesOn({ luid }: HostInterface, family?: Family): void {
    for (const { row } of [...this.#store.values()]) {
      if (row.interfaceLuid === luid && (family ?? row.destinationPrefix.family) === row.destinationPrefix.family) this.deleteRoute(row);
    }
  }

  /** A family comes to the interface that is given with it, with its routes and addresses. */
  addBinding(owner: HostInterface, family: Family): void {
    this.#interfaces.set(owner.luid, owner);
    this.#publishBinding(owner, family, 'AddInstance');
    this.addSystemRoutes(owner, [family]);
  }

  /** A family leaves the interface, with its routes and addresses. */
  removeBinding(owner: HostInterface, family: Family): void {
    this.removeRoutesOn(owner, family);
    this.#interfaces.set(owner.luid, { ...owner, bindings: new Map([...owner.bindings].filter(([bound]) => bound !== family)) });
    this.#publishBinding(owner, family, 'DeleteInstance');
  }

  /** A family comes or leaves, with its addresses. */
  #publishBinding(owner: HostInterface, family: Family, type: NotificationType): void {
    this.#publishInterface(owner, family, type);
    for (const { address } of addressesOf(owner, family)) {
      this.notifications.publish('unicastAddress', addressFamily[family], type, () => encodeUnicastKey(owner, address));
    }
  }

  #publishInterface(owner: HostInterface, family: Family, type: NotificationType): void {
    this.notifications.publish('interface', addressFamily[family], type, () => encodeInterfaceKey(owner, family));
  }

  #publishRoute(row: ForwardRow2, type: NotificationType): void {
    this.notifications.publish('route', addressFamily[row.destinationPrefix.family], type, () => encodeRouteKey(row));
  }
}
