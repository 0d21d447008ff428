import type { MirrorEvents, MirrorOptions, RouteMirror } from '../../../client/index.js';
import type { WatchRoutesResponse } from '../../../proto/gen/routefleet/v1/route_service.pb.js';
import { eventually } from './eventually.js';
import { established, row, snapshot, snapshotEnd } from './watch-events.js';
import type { WatchCall, WatchHost } from './watch-host.js';

/** An event of a mirror: its name, and what comes with it. */
export type Told = { readonly [Name in keyof MirrorEvents]: readonly [Name, ...MirrorEvents[Name]] }[keyof MirrorEvents];

/** A mirror, and what it told. */
export interface ToldMirror {
  readonly mirror: RouteMirror;
  readonly told: readonly Told[];
  names(): readonly string[];
}

/** Every event of a mirror. */
export const mirrorEvents: readonly (keyof MirrorEvents)[] = ['changed', 'established', 'synchronized', 'resync', 'disconnected', 'closed'];

/** A watch with two rows, at revision 5 of run "b". */
export const opening: readonly WatchRoutesResponse[] = [established('b'), snapshot(row(1)), snapshot(row(2)), snapshotEnd(5n, 2)];

/** A mirror from its beginning. */
export function beginMirror(host: WatchHost, options?: MirrorOptions): ToldMirror {
  const mirror = host.client.mirror(options);
  const told: Told[] = [];
  for (const name of mirrorEvents) mirror.on(name, (...args: readonly unknown[]) => told.push([name, ...args] as unknown as Told));
  return { mirror, told, names: () => told.map(([name]) => name) };
}

/** A mirror that was sent some events and has told so many. */
export async function runningMirror(
  host: WatchHost,
  sent: readonly WatchRoutesResponse[],
  count: number,
): Promise<ToldMirror & { readonly call: WatchCall }> {
  const begun = beginMirror(host);
  const call = await host.nextCall();
  call.send(...sent);
  await eventually(begun.names).toHaveLength(count);
  return { ...begun, call };
}
