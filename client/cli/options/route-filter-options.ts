import { type Command, Option } from 'commander';
import type { Family } from '../../../proto/address.js';
import { familyNames } from '../../codec/family.js';
import { encodeRouteFilter } from '../../codec/route-filter.js';
import { originCodec, protocolCodec } from '../../codec/route-names.js';
import type { DestinationFilter, RouteFilter } from '../../model/route-filter.js';
import { interfaceSyntax, parseInterfaceText } from './interface-text.js';
import { parseNextHopFilter } from './next-hop-text.js';
import { collect, parseChoice, parseInteger } from './values.js';

/** Options that choose rows, as given. */
export interface RouteFilterOptions {
  readonly family?: '4' | '6';
  readonly prefix?: string;
  readonly within?: string;
  readonly covering?: string;
  readonly interface?: string;
  readonly nextHop?: string;
  readonly protocol?: readonly string[];
  readonly origin?: readonly string[];
  readonly owner?: string;
  readonly minMetric?: string;
  readonly maxMetric?: string;
}

/** Adds `--family` to `--max-metric`. */
export function addRouteFilterOptions(command: Command): Command {
  return command
    .addOption(new Option('--family <version>', 'IP version').choices(['4', '6']))
    .addOption(new Option('--prefix <prefix>', 'this very prefix').conflicts(['within', 'covering']))
    .addOption(new Option('--within <prefix>', 'this prefix and every longer one inside it').conflicts('covering'))
    .option('--covering <address>', 'every prefix that holds this address')
    .option('--interface <interface>', `interface: ${interfaceSyntax}`)
    .option('--next-hop <address>', 'next hop, or "on-link" with --family')
    .addOption(new Option('--protocol <name>', 'who made the route, "netMgmt", "local"; can be repeated').argParser(collect))
    .addOption(new Option('--origin <name>', 'how it came to be, "manual", "dhcp"; can be repeated').argParser(collect))
    .option('--owner <owner>', 'who asked an agent for the route')
    .option('--min-metric <n>', "lowest metric of the route's own")
    .option('--max-metric <n>', "highest metric of the route's own");
}

/**
 * The filter that the options ask for. A value that no host could take fails here, before any host is spoken to.
 *
 * @throws UsageError or InvalidValueError
 */
export function routeFilterOf(options: RouteFilterOptions): RouteFilter {
  const { interface: text, protocol, origin, minMetric, maxMetric } = options;
  const family = familyOf(options);
  const filter: RouteFilter = {
    family: family === undefined ? undefined : familyNames[family],
    destination: destinationOf(options),
    interface: text === undefined ? undefined : parseInterfaceText(text),
    nextHop: parseNextHopFilter(options.nextHop, family),
    protocols: protocol?.map((name) => parseChoice(name, '--protocol', protocolCodec.names)),
    origins: origin?.map((name) => parseChoice(name, '--origin', originCodec.names)),
    owner: options.owner,
    minMetric: metricOf(minMetric, '--min-metric'),
    maxMetric: metricOf(maxMetric, '--max-metric'),
  };
  encodeRouteFilter(filter);
  return filter;
}

function destinationOf({ prefix, within, covering }: RouteFilterOptions): DestinationFilter | undefined {
  if (prefix !== undefined) return { exact: prefix };
  if (within !== undefined) return { within };
  return covering === undefined ? undefined : { covering };
}

/** Undefined: both. */
function familyOf({ family }: RouteFilterOptions): Family | undefined {
  if (family === undefined) return undefined;
  return family === '4' ? 4 : 6;
}

function metricOf(text: string | undefined, option: string): number | undefined {
  return text === undefined ? undefined : parseInteger(text, option, 0, 0xffff_ffff);
}
