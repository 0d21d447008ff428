import { afterAll, afterEach, beforeAll } from 'vitest';
import { createAddressText } from '../../client/codec/address-text.js';
import { readRows } from '../../client/codec/route-rows.js';
import type { Route as SdkRoute } from '../../client/index.js';
import type { Route, RouteSpec } from '../../proto/gen/routefleet/v1/route.pb.js';
import type { RouteView } from '../../proto/gen/routefleet/v1/route_service.pb.js';
import type { Partially, Wire } from '../support/wire.js';
import { WireError } from '../support/wire.js';
import type { ContractHost, ContractSubject } from './contract-host.js';

/** A host for a whole suite, and prefixes that no other case has. */
export interface Fixture {
  readonly host: ContractHost;
  /** An unused IPv4 /24 of the benchmarking network, RFC 2544. */
  prefix4(): string;
  /** An unused IPv6 /48 of the documentation network, RFC 3849. */
  prefix6(): string;
  /** Creates a row and sees to it that it is gone after the case. */
  create(route: Partially<RouteSpec>, owner?: string): Promise<Route>;
  /** The rows of a listing in one view, as the SDK reads them, without what runs by itself. */
  rowsIn(view: RouteView, filter?: Parameters<Wire['listRoutes']>[0]): Promise<Omit<SdkRoute, 'ageSeconds' | Lifetime>[]>;
}

type Lifetime = 'validLifetimeSeconds' | 'preferredLifetimeSeconds';

/** Starts the host before all cases and cleans up after each. */
export function useContractHost(subject: ContractSubject): Fixture {
  let host: ContractHost;
  let used = 0;
  const made: { readonly key: Partially<RouteSpec>; readonly options: { readonly owner: string | undefined } }[] = [];

  beforeAll(async () => {
    host = await subject.start();
  });
  afterEach(async () => {
    for (const each of made.splice(0)) await host.wire.deleteRoute({ ...each, allowMissing: true });
  });
  afterAll(() => host?.close());

  return {
    get host() {
      return host;
    },
    prefix4: () => `198.18.${used++}.0/24`,
    prefix6: () => `2001:db8:${(0xa000 + used++).toString(16)}::/48`,
    async create(route, owner) {
      const { route: created } = await host.wire.createRoute({ route, options: { owner } });
      if (created === undefined) throw new Error('the agent answered without a route');
      made.push({ key: route, options: { owner } });
      return created;
    },
    async rowsIn(view, filter) {
      const { messages, routeCount } = await host.wire.listRoutes(filter, view);
      const listed = messages.map((message) => readRows(message, createAddressText()));
      const routes = listed.flatMap(({ count, at }) => Array.from({ length: count }, (_, row) => at(row)));
      if (routes.length !== routeCount) throw new Error(`${routes.length} rows came, and not ${routeCount}`);
      return routes.map(({ ageSeconds, validLifetimeSeconds, preferredLifetimeSeconds, ...route }) => ({
        ...route,
        isTold: [ageSeconds, validLifetimeSeconds, preferredLifetimeSeconds].map((seconds) => seconds !== undefined),
      }));
    },
  };
}

/** The WireError that a call ends with; a call that succeeds is an error of the test. */
export async function failureOf(call: Promise<unknown>): Promise<WireError> {
  try {
    await call;
  } catch (error) {
    if (error instanceof WireError) return error;
    throw error;
  }
  throw new Error('the call succeeded, but should have failed');
}

/** Selects an interface by alias. */
export function byAlias(alias: string): { selector: { $case: 'alias'; value: string } } {
  return { selector: { $case: 'alias', value: alias } };
}
