import { EventEmitter } from 'node:events';
import type { Connector } from '../../../client/fleet/connector.js';
import type { Host } from '../../../client/fleet/host.js';
import type { Route, RouteClient } from '../../../client/index.js';
import type { MirrorChange, MirrorEvents, RouteMirror } from '../../../client/route-mirror.js';

/** A mirror that does what a test says. */
export interface FakeMirror {
  readonly rows: Map<string, Route>;
  readonly closed: boolean;
  emit<Name extends keyof MirrorEvents>(name: Name, ...args: MirrorEvents[Name]): void;
  /** "established" and "synchronized". */
  start(): void;
}

/** Hosts whose mirrors are driven by hand. */
export interface FakeFleet {
  readonly hosts: readonly Host[];
  readonly connector: Connector;
  mirror(name: string): FakeMirror;
  /** Clients that are not closed. */
  readonly open: number;
  /** What `mirror` of the SDK was given, by host. */
  readonly options: ReadonlyMap<string, unknown>;
}

/** With a host for each name; `connect` runs before a client is handed out. */
export function createFakeFleet(names: readonly string[], connect: (name: string) => void = () => {}): FakeFleet {
  const mirrors = new Map(names.map((name) => [name, createFakeMirror()]));
  const options = new Map<string, unknown>();
  let open = 0;
  const known = (name: string) => {
    const mirror = mirrors.get(name);
    if (mirror === undefined) throw new Error(`the fake fleet has no "${name}"`);
    return mirror;
  };
  const clientOf = (name: string) => ({
    mirror(given: { readonly signal?: AbortSignal }) {
      options.set(name, given);
      given.signal?.addEventListener('abort', () => void known(name).mirror.close());
      return known(name).mirror;
    },
    async [Symbol.asyncDispose]() {
      open -= 1;
    },
  });
  return {
    hosts: names.map((name) => ({ name, address: `${name}:7420`, groups: [], labels: {} })),
    async connector({ name }) {
      connect(name);
      open += 1;
      return clientOf(name) as unknown as RouteClient;
    },
    mirror: (name) => known(name),
    get open() {
      return open;
    },
    options,
  };
}

function createFakeMirror(): FakeMirror & { readonly mirror: RouteMirror } {
  const events = new EventEmitter();
  const rows = new Map<string, Route>();
  let closed = false;
  const mirror: RouteMirror = {
    routes: rows,
    revision: undefined,
    state: 'connecting',
    ready: new Promise(() => {}),
    on(name, listener) {
      events.on(name, listener);
      return this;
    },
    off(name, listener) {
      events.off(name, listener);
      return this;
    },
    async close() {
      if (closed) return;
      closed = true;
      events.emit('closed', undefined);
    },
    [Symbol.asyncDispose]: () => mirror.close(),
  };
  return {
    mirror,
    rows,
    get closed() {
      return closed;
    },
    emit(name, ...args) {
      if (name === 'closed') closed = true;
      events.emit(name, ...args);
    },
    start() {
      events.emit('established', { type: 'established', bootId: 'boot1', revision: 1n, source: 'notifications' });
      events.emit('synchronized', { revision: 1n, resumed: false });
    },
  };
}

/** A row of netMgmt; its etag tells its metric and publish. */
export function aRoute(destinationPrefix: string, members: Partial<Route> = {}): Route {
  const { metric = 5, publish = false } = members;
  return {
    destinationPrefix,
    nextHop: '10.20.0.254',
    onLink: false,
    family: 'ipv4',
    interfaceIndex: 12,
    interfaceLuid: 1_689_399_632_855_040n,
    interfaceAlias: 'Ethernet',
    metric,
    interfaceMetric: 25,
    effectiveMetric: metric + 25,
    protocol: 'netMgmt',
    origin: 'manual',
    sitePrefixLength: 0,
    loopback: false,
    autoconfigured: false,
    publish,
    inRegistry: false,
    immortal: false,
    persistent: false,
    etag: `${destinationPrefix} ${metric} ${publish}`,
    ...members,
  };
}

/** One change; its kind follows from which of the two rows there are. */
export function aChange(rows: Pick<MirrorChange, 'route' | 'previous'>, members: Partial<MirrorChange> = {}): MirrorChange {
  const kind = rows.previous === undefined ? 'added' : rows.route === undefined ? 'removed' : 'changed';
  return { kind, ...rows, revision: 2n, observeTime: new Date('2026-11-24T10:00:00.123Z'), missed: false, ...members };
}
