import type { ContractInterface } from '../contract/contract-host.js';

/** What the interfaces of a test are called: nothing else is touched. */
export const mark = 'routefleet-test';

/** Networks that test/windows/prove.ps1 gives to the two interfaces: of the documentation (RFC 5737), and local ones (RFC 4193). */
export const networks = [
  { ipv4: '192.0.2', ipv6: 'fd72:6f75:7465:1:' },
  { ipv4: '198.51.100', ipv6: 'fd72:6f75:7465:2:' },
] as const;

/**
 * Two interfaces for the contract suite.
 *
 * @param names - "routefleet-test,routefleet-test-2"; undefined: there are none
 * @throws when there are not two, or when they are not marked as those of a test
 */
export function readTestInterfaces(names: string | undefined): readonly [ContractInterface, ContractInterface] | undefined {
  if (names === undefined || names === '') return undefined;
  const [first, second, ...more] = names.split(',');
  if (first === undefined || second === undefined || more.length > 0) {
    throw new Error(`ROUTEFLEET_TEST_INTERFACES: "${names}" are not two names of interfaces. Remedy: write them as "${mark},${mark}-2"`);
  }
  for (const alias of [first, second]) {
    if (alias.startsWith(mark)) continue;
    throw new Error(
      `the interface "${alias}" is not marked as one of a test. Remedy: rename it so that it begins with "${mark}", if its routes may go`,
    );
  }
  const at = (alias: string, { ipv4, ipv6 }: (typeof networks)[number]): ContractInterface => ({
    alias,
    nextHops4: [`${ipv4}.254`, `${ipv4}.253`],
    nextHops6: [`${ipv6}:fe`, `${ipv6}:fd`],
  });
  return [at(first, networks[0]), at(second, networks[1])];
}
