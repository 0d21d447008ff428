import type { Command } from 'commander';
import type { RouteKey, RouteSpec } from '../../model/route-spec.js';
import { UsageError } from '../usage-error.js';
import { interfaceSyntax, parseInterfaceText } from './interface-text.js';
import { parseNextHop } from './next-hop-text.js';
import { parseDurationMs, parseInteger } from './values.js';

/** Options that name a row, beside its prefix. */
export interface RouteKeyOptions {
  readonly nextHop?: string;
  readonly interface?: string;
}

/** Options that say how a row shall be. */
export interface RouteSpecOptions extends RouteKeyOptions {
  readonly metric?: string;
  readonly validLifetime?: string;
  readonly preferredLifetime?: string;
  readonly publish?: boolean;
  readonly persistent?: boolean;
}

/** Adds `--next-hop` and `--interface`. */
export function addRouteKeyOptions(command: Command): Command {
  return command
    .option('--next-hop <address>', 'next hop, or "on-link" (default)')
    .option('--interface <interface>', `interface: ${interfaceSyntax}; default: the one by which the host reaches the next hop`);
}

/** Adds `--metric`, the lifetimes, `--publish` and `--persistent`. */
export function addRouteSpecOptions(command: Command): Command {
  return addRouteKeyOptions(command)
    .option('--metric <n>', "the route's own metric; Windows adds that of the interface")
    .option('--valid-lifetime <duration>', 'time after which the route goes, "90s", "2h" (default: never)')
    .option('--preferred-lifetime <duration>', 'time for which the route is preferred (default: the valid lifetime)')
    .option('--publish', 'announce the route in router advertisements')
    .option('--no-publish', 'do not announce it')
    .option('--persistent', 'have the agent keep the route over reboots and interface flaps; needs --owner');
}

/** The row that prefix and options name. */
export function routeKeyOf(destinationPrefix: string, { nextHop, interface: text }: RouteKeyOptions): RouteKey {
  return { destinationPrefix, nextHop: parseNextHop(nextHop), interface: text === undefined ? undefined : parseInterfaceText(text) };
}

/**
 * The row as the options want it.
 *
 * @throws UsageError
 */
export function routeSpecOf(destinationPrefix: string, options: RouteSpecOptions & { readonly owner?: string }): RouteSpec {
  const { metric, validLifetime, preferredLifetime, publish, persistent, owner } = options;
  if (persistent && owner === undefined) throw new UsageError('--persistent needs an owner', 'add --owner, such as --owner team-net');
  return {
    ...routeKeyOf(destinationPrefix, options),
    metric: metric === undefined ? undefined : parseInteger(metric, '--metric', 0, 0xffff_ffff),
    validLifetimeSeconds: parseLifetime(validLifetime, '--valid-lifetime'),
    preferredLifetimeSeconds: parseLifetime(preferredLifetime, '--preferred-lifetime'),
    publish,
    persistent,
  };
}

function parseLifetime(text: string | undefined, option: string): number | undefined {
  if (text === undefined) return undefined;
  const seconds = parseDurationMs(text, option) / 1000;
  if (Number.isInteger(seconds)) return seconds;
  throw new UsageError(`"${text}" for ${option} is not a number of whole seconds`, 'write a whole number and "s", "m" or "h"');
}
