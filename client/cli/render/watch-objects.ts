import type { RouteError } from '../../errors/route-error.js';
import type { FleetEvent } from '../../fleet/host-event.js';
import type { MirrorChange } from '../../route-mirror.js';
import { causeOf } from './change-text.js';
import { renderFailure } from './failure.js';
import { toPlain } from './plain.js';
import type { WatchRenderer } from './watch-renderer.js';

/** One object per line for everything that happens. Failures are told on standard error, too, as by every command. */
export function createObjectRenderer(errorColor: boolean): WatchRenderer {
  return (event) => ({
    stdout: objectsOf(event)
      .map((object) => `${JSON.stringify(toPlain(object))}\n`)
      .join(''),
    stderr: event.type === 'failed' ? renderFailure(event.host.name, event.error, errorColor) : '',
  });
}

function objectsOf(event: FleetEvent): readonly object[] {
  const head = { time: event.time, host: event.host.name };
  switch (event.type) {
    case 'connected': {
      const { bootId, revision, source, pollIntervalMs } = event;
      return [{ ...head, event: 'connected', bootId, revision, source, pollIntervalMs }];
    }
    case 'synchronized': {
      const { revision, resumed, routeCount, routes = [] } = event;
      const present = routes.map((route) => ({ ...head, event: 'present', revision, route }));
      return [...present, { ...head, event: 'synchronized', revision, resumed, routeCount }];
    }
    case 'changed': {
      const { changes, merged } = event;
      const objects = changes.map((change) => changeObject(event.host.name, change));
      return merged === 0 ? objects : [{ ...head, event: 'merged', changes: merged }, ...objects];
    }
    case 'resynchronizing':
      return [{ ...head, event: 'resynchronizing', reason: event.reason }];
    case 'disconnected':
      return [{ ...head, event: 'disconnected', retryInMs: event.retryInMs, error: errorObject(event.error) }];
    case 'failed':
      return [{ ...head, event: 'failed', error: errorObject(event.error) }];
  }
}

function changeObject(host: string, change: MirrorChange): object {
  const { observeTime, kind, revision, commitId, route, previous } = change;
  return { time: observeTime, host, event: kind, revision, cause: causeOf(change), commitId, route, previous };
}

function errorObject({ code, reason, message, remedy, win32, metadata }: RouteError): object {
  return { code, reason, message, remedy, win32, metadata };
}
