import type { WatchRoutesRequest, WatchRoutesResponse } from '../../../proto/gen/routefleet/v1/route_service.pb.js';
import { compileRowFilter } from '../../routes/filter.js';
import { watch } from '../../watch/watch.js';
import type { Call } from '../call.js';
import { decodeFilter } from '../codec/filter.js';
import { decodeHeartbeatInterval, encodeWatchEvent } from '../codec/watch.js';
import type { HandlerContext } from '../context.js';

/** WatchRoutes: a snapshot and every change after it, until the client leaves. */
export async function* watchRoutes(
  { table, observer, identity: { bootId } }: HandlerContext,
  { filter, since, heartbeatInterval }: WatchRoutesRequest,
  { signal }: Pick<Call, 'signal'>,
): AsyncGenerator<WatchRoutesResponse> {
  const heartbeatIntervalMs = decodeHeartbeatInterval(heartbeatInterval);
  const passes = compileRowFilter(await decodeFilter(table, filter));
  const agent = { bootId, pollIntervalMs: table.capabilities.notifications ? undefined : observer.intervalMs };
  const events = watch(observer, {
    passes: ({ route, ownership }) => passes(route, () => ownership?.owner),
    since: since && { sameBoot: since.bootId === bootId, revision: since.revision },
    heartbeatIntervalMs,
    signal,
  });
  for await (const event of events) yield { event: encodeWatchEvent(event, agent) };
}
