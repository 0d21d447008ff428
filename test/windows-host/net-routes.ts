import { z } from 'zod';
import type { Route } from '../../client/index.js';
import { formatAddress, parseAddress } from '../../proto/address.js';
import { formatPrefix, parsePrefix } from '../../proto/prefix.js';

/** A row as `Get-NetRoute | Select-Object … | ConvertTo-Json` of PowerShell 5.1 writes it. */
const netRoute = z.object({
  DestinationPrefix: z.string(),
  NextHop: z.string(),
  InterfaceIndex: z.number(),
  RouteMetric: z.number(),
});

/** One row comes as an object, and not as a list of one. */
const netRoutes = z.union([z.array(netRoute), netRoute.transform((row) => [row])]);

type ComparedRoute = Pick<Route, 'destinationPrefix' | 'nextHop' | 'interfaceIndex' | 'metric'>;

/** Rows that one side shows and the other does not, as lines for people. */
export interface Comparison {
  /** Of the agent. */
  readonly rows: number;
  readonly onlyInAgent: readonly string[];
  readonly onlyInGetNetRoute: readonly string[];
}

/**
 * Compares a listing of the agent with one of Get-NetRoute, row by row.
 *
 * @param text - JSON, with or without the byte order mark that PowerShell 5.1 writes
 */
export function compareWithNetRoutes(routes: readonly ComparedRoute[], text: string): Comparison {
  const ours = routes.map(lineOf).toSorted();
  const theirs = netRoutes
    .parse(JSON.parse(text.replace(/^\uFEFF/, '')))
    .map((row) =>
      lineOf({
        destinationPrefix: formatPrefix(parsePrefix(row.DestinationPrefix)),
        nextHop: row.NextHop,
        interfaceIndex: row.InterfaceIndex,
        metric: row.RouteMetric,
      }),
    )
    .toSorted();
  return { rows: ours.length, onlyInAgent: without(ours, theirs), onlyInGetNetRoute: without(theirs, ours) };
}

function lineOf({ destinationPrefix, nextHop, interfaceIndex, metric }: ComparedRoute): string {
  // The agent gives link-local next hops their zone; Get-NetRoute does not.
  const { family, bytes } = parseAddress(nextHop);
  return `${destinationPrefix} via ${formatAddress({ family, bytes, scopeId: 0 })} interface ${interfaceIndex} metric ${metric}`;
}

/** As often as a line is more often here than there. */
function without(lines: readonly string[], others: readonly string[]): string[] {
  const left = [...others];
  return lines.filter((line) => {
    const at = left.indexOf(line);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}
