import type { ClientReadableStream, ServiceError } from '@grpc/grpc-js';
import type { Route } from '../../proto/gen/routefleet/v1/route.pb.js';
import {
  ChangeKind,
  type RouteChange,
  WatchRoutesRequest,
  type WatchRoutesResponse,
} from '../../proto/gen/routefleet/v1/route_service.pb.js';
import { type Partially, type Wire, WireError } from './wire.js';

/** An event of a watch, as the wire has it. */
export type WireEvent = NonNullable<WatchRoutesResponse['event']>;

/** A watch, and what it told so far. */
export interface Watching {
  /** All events, in order. */
  readonly events: readonly WireEvent[];
  /** All changes, in order. */
  readonly changes: readonly RouteChange[];
  /** The rows as the events make them, by watchedKey; as of the last complete snapshot. */
  readonly rows: ReadonlyMap<string, Route>;
  /** The last event of a kind. @throws when there was none */
  last<Kind extends WireEvent['$case']>(kind: Kind): Extract<WireEvent, { $case: Kind }>['value'];
  /** Resolves as soon as it holds, looked at after every event; rejects with what ended the watch before. */
  until(holds: () => boolean): Promise<void>;
  /** Resolves when the rows of now are complete. */
  ready(): Promise<void>;
  /** Resolves with what ended it. */
  ended(): Promise<WireError>;
  /** Reads nothing until `resume`. */
  pause(): void;
  resume(): void;
  close(): void;
}

/** What makes a row unique on the wire. */
export function watchedKey({ destinationPrefix, nextHop, interfaceLuid, interfaceIndex }: Route): string {
  return `${destinationPrefix} ${nextHop} ${interfaceLuid || interfaceIndex}`;
}

/** Watches through the generated code alone; the rules of the stream are checked on the way. */
export function watchOnWire({ client }: Wire, request: Partially<WatchRoutesRequest> = {}): Watching {
  const stream: ClientReadableStream<WatchRoutesResponse> = client.watchRoutes(WatchRoutesRequest.fromPartial(request as never));
  const events: WireEvent[] = [];
  const changes: RouteChange[] = [];
  const folded = createFold();
  let failure: Error | undefined;
  let look = (): void => {};
  const end = (error: Error): void => {
    failure ??= error;
    look();
  };
  stream.on('data', ({ event }: WatchRoutesResponse) => {
    try {
      if (event === undefined) throw new Error('a message without an event');
      events.push(event);
      if (event.$case === 'changes') changes.push(...event.value.changes);
      folded.take(event);
    } catch (error) {
      stream.cancel();
      end(error as Error);
    }
    look();
  });
  stream.on('error', (error: ServiceError) => end(new WireError(error)));
  stream.on('end', () => end(new Error('the agent ended the watch without an error')));

  const until = (holds: () => boolean, orEnd = false): Promise<void> =>
    new Promise((resolve, reject) => {
      look = () => {
        if (holds()) resolve();
        else if (failure !== undefined && orEnd) resolve();
        else if (failure !== undefined) reject(failure);
      };
      look();
    });

  return {
    events,
    changes,
    get rows() {
      return folded.rows();
    },
    last(kind) {
      const event = events.findLast(({ $case }) => $case === kind);
      if (event === undefined) throw new Error(`no ${kind} so far`);
      return event.value as never;
    },
    until: (holds) => until(holds),
    ready: () => until(() => folded.complete()),
    async ended() {
      await until(() => false, true);
      if (failure instanceof WireError) return failure;
      throw failure;
    },
    pause: () => stream.pause(),
    resume: () => stream.resume(),
    close: () => stream.cancel(),
  };
}

interface Fold {
  take(event: WireEvent): void;
  rows(): ReadonlyMap<string, Route>;
  complete(): boolean;
}

/** Makes a table of events. @throws on an event that is not allowed where it stands */
function createFold(): Fold {
  let rows = new Map<string, Route>();
  let snapshot: Map<string, Route> | undefined;
  let complete = false;
  let established = false;
  let revision = 0n;
  const check = (holds: boolean, rule: string): void => {
    if (!holds) throw new Error(`the watch broke a rule: ${rule}`);
  };
  const beginSnapshot = (): Map<string, Route> => {
    snapshot ??= new Map();
    complete = false;
    return snapshot;
  };
  return {
    rows: () => rows,
    complete: () => complete,
    take(event) {
      check(established !== (event.$case === 'established'), 'established comes first, and once');
      switch (event.$case) {
        case 'established':
          established = true;
          revision = event.value.revision;
          break;
        case 'resumed':
          complete = true;
          break;
        case 'resyncRequired':
          snapshot = new Map();
          complete = false;
          break;
        case 'snapshot':
          for (const route of event.value.routes) beginSnapshot().set(watchedKey(route), route);
          break;
        case 'snapshotEnd':
          rows = beginSnapshot();
          check(rows.size === event.value.routeCount, 'a snapshot has as many rows as it says');
          snapshot = undefined;
          complete = true;
          revision = event.value.revision;
          break;
        case 'heartbeat':
          check(complete && event.value.revision >= revision, 'a heartbeat does not go back');
          revision = event.value.revision;
          break;
        case 'changes':
          check(complete, 'changes come after a snapshot');
          for (const change of event.value.changes) {
            check(change.revision > revision, 'revisions grow from change to change');
            revision = change.revision;
            applyChange(rows, change, check);
          }
          check(event.value.resumeRevision <= revision, 'nobody resumes from what was not sent');
          break;
      }
    },
  };
}

function applyChange(
  rows: Map<string, Route>,
  { kind, route, previous }: RouteChange,
  check: (holds: boolean, rule: string) => void,
): void {
  check((route !== undefined) === (kind !== ChangeKind.REMOVED), 'route is there unless the row was removed');
  check((previous !== undefined) === (kind !== ChangeKind.ADDED), 'previous is there unless the row was added');
  const key = watchedKey((route ?? previous) as Route);
  const known = rows.get(key);
  check((known !== undefined) === (previous !== undefined), `previous says whether the row was known: ${key}`);
  check(known === undefined || sameOnWire(known, previous as Route), `previous is the row as it was known: ${key}`);
  if (route === undefined) rows.delete(key);
  else rows.set(key, route);
}

/** Whether two rows are the same but for what runs by itself. */
export function sameOnWire(a: Route, b: Route): boolean {
  const told = ({ age: _age, validLifetime: _valid, preferredLifetime: _preferred, ...members }: Route): string =>
    JSON.stringify(members, (_key, value) => (typeof value === 'bigint' ? String(value) : value));
  return told(a) === told(b);
}
