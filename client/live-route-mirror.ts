import { EventEmitter } from 'node:events';
import { RouteError } from './errors/route-error.js';
import { createMirrorTable } from './mirror-table.js';
import type { Route } from './model/route.js';
import type { RouteChange, WatchEvent } from './model/watch.js';
import type { MirrorChange, MirrorEvents, RouteMirror } from './route-mirror.js';
import type { RouteWatch } from './route-watch.js';

/** Follows the watch that `open` makes, until that fails, `signal` is aborted or the mirror closed. Begins when the caller has had time to listen. */
export function createRouteMirror(open: (signal: AbortSignal) => RouteWatch, signal: AbortSignal | undefined): RouteMirror {
  const ending = new AbortController();
  const watch = open(ending.signal);
  const emitter = new EventEmitter();
  const table = createMirrorTable();
  let snapshot: Route[] = [];
  let revision: bigint | undefined;
  let state: RouteMirror['state'] = 'connecting';
  let settleReady: { readonly resolve: () => void; readonly reject: (error: unknown) => void };
  const ready = new Promise<void>((resolve, reject) => {
    settleReady = { resolve, reject };
  });
  // Whoever only listens is told by "closed".
  ready.catch(() => undefined);

  function emit<Name extends keyof MirrorEvents>(name: Name, ...args: MirrorEvents[Name]): void {
    try {
      emitter.emit(name, ...args);
    } catch (error) {
      // As with any emitter that the network drives; here it would end the watch and be taken for its failure.
      process.nextTick(() => {
        throw error;
      });
    }
  }

  function synchronize(reached: bigint, resumed: boolean, missed: readonly MirrorChange[]): void {
    revision = reached;
    state = 'live';
    settleReady.resolve();
    if (missed.length > 0) emit('changed', missed);
    emit('synchronized', { revision: reached, resumed });
  }

  function takeSnapshot(reached: bigint): void {
    const isFirst = revision === undefined;
    const missed = table.replace(snapshot, reached);
    snapshot = [];
    synchronize(reached, false, isFirst ? [] : missed);
  }

  function takeChanges(changes: readonly RouteChange[]): void {
    const done = table.apply(changes);
    // Not that of the last change: earlier ones may still be on their way.
    revision = watch.resumePoint?.revision;
    if (done.length > 0) emit('changed', done);
  }

  function standStill(): void {
    snapshot = [];
    if (state === 'live') state = 'stale';
  }

  function take(event: WatchEvent): void {
    switch (event.type) {
      case 'established':
        emit('established', event);
        break;
      case 'resumed':
        synchronize(event.revision, true, []);
        break;
      case 'resync':
        standStill();
        emit('resync', event.reason);
        break;
      case 'snapshot':
        for (const route of event.routes) snapshot.push(route);
        break;
      case 'snapshotEnd':
        takeSnapshot(event.revision);
        break;
      case 'changes':
        takeChanges(event.changes);
        break;
      case 'heartbeat':
        revision = event.revision;
        break;
      case 'disconnected':
        standStill();
        emit('disconnected', { error: event.error, retryInMs: event.retryInMs });
        break;
    }
  }

  async function follow(): Promise<void> {
    const abort = () => ending.abort(signal?.reason);
    signal?.addEventListener('abort', abort);
    if (signal?.aborted) abort();
    let failure: unknown;
    try {
      for await (const event of watch) {
        if (ending.signal.aborted) break;
        take(event);
      }
    } catch (error) {
      failure = error;
    }
    signal?.removeEventListener('abort', abort);
    state = 'closed';
    snapshot = [];
    settleReady.reject(failure ?? new RouteError({ code: 'CANCELLED', reason: 'CANCELLED', message: 'the mirror is closed' }));
    // A watch only ends with CANCELLED when this side ended it.
    const ended = failure === undefined || (failure instanceof RouteError && failure.code === 'CANCELLED');
    emit('closed', ended ? undefined : (failure as RouteError));
  }

  const following = follow();

  async function close(): Promise<void> {
    ending.abort();
    await following;
  }

  return {
    routes: table.routes,
    get revision() {
      return revision;
    },
    get state() {
      return state;
    },
    ready,
    on(name, listener) {
      emitter.on(name, listener);
      return this;
    },
    off(name, listener) {
      emitter.off(name, listener);
      return this;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
