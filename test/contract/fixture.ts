import { afterAll, afterEach, beforeAll } from 'vitest';
import type { Route, RouteSpec } from '../../proto/gen/routefleet/v1/route.pb.js';
import type { Partially } from '../support/wire.js';
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
  create(route: Partially<RouteSpec>): Promise<Route>;
}

/** Starts the host before all cases and cleans up after each. */
export function useContractHost(subject: ContractSubject): Fixture {
  let host: ContractHost;
  let used = 0;
  const made: Partially<RouteSpec>[] = [];

  beforeAll(async () => {
    host = await subject.start();
  });
  afterEach(async () => {
    for (const route of made.splice(0)) await host.wire.deleteRoute({ key: route, allowMissing: true });
  });
  afterAll(() => host?.close());

  return {
    get host() {
      return host;
    },
    prefix4: () => `198.18.${used++}.0/24`,
    prefix6: () => `2001:db8:${(0xa000 + used++).toString(16)}::/48`,
    async create(route) {
      const { route: created } = await host.wire.createRoute({ route });
      if (created === undefined) throw new Error('the agent answered without a route');
      made.push(route);
      return created;
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
