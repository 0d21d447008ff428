export { type ConnectOptions, connect } from './connect.js';
export {
  type ClientReason,
  RouteError,
  type RouteErrorDetails,
  type RouteErrorReason,
  type RouteFailure,
  type Win32Error,
} from './errors/route-error.js';
export type { RpcCode } from './errors/rpc-code.js';
export type * from './model/agent-info.js';
export type * from './model/apply-result.js';
export type * from './model/call-options.js';
export type * from './model/change.js';
export type * from './model/commit.js';
export type * from './model/network-interface.js';
export type * from './model/plan.js';
export type * from './model/results.js';
export type * from './model/route.js';
export type * from './model/route-filter.js';
export type * from './model/route-spec.js';
export type * from './model/watch.js';
export type { ChangeClient, CommitClient, RouteClient, WatchClient } from './route-client.js';
export { routeKeyText } from './route-key-text.js';
export type { RouteListing, SnapshotHeader } from './route-listing.js';
export type { MirrorChange, MirrorEvents, RouteMirror } from './route-mirror.js';
export type { RouteWatch } from './route-watch.js';
export { type ClientCredentials, createCredentials, type Pem, type TlsOptions } from './transport/credentials.js';
export { readTlsFiles, type TlsFiles } from './transport/tls-files.js';
