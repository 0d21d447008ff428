import type { RouteServiceServer } from '../../proto/gen/routefleet/v1/route_service.pb.js';
import type { Role } from './policy.js';

type Names<Service> = Capitalize<Extract<{ [Key in keyof Service]: string extends Key ? never : Key }[keyof Service], string>>;

/** "ListRoutes" */
export type RpcName = Names<RouteServiceServer>;

/** The least role for each RPC; whom a write concerns is looked at when it is planned (agent/commits/grant.ts). */
export const rpcRoles: Readonly<Record<RpcName, Exclude<Role, 'none'>>> = {
  GetAgent: 'viewer',
  ListInterfaces: 'viewer',
  ListRoutes: 'viewer',
  GetRoute: 'viewer',
  GetBestRoute: 'viewer',
  PlanRoutes: 'viewer',
  GetCommit: 'viewer',
  ListCommits: 'viewer',
  WatchRoutes: 'viewer',
  CreateRoute: 'editor',
  SetRoute: 'editor',
  DeleteRoute: 'editor',
  SetDefaultGateway: 'editor',
  ApplyRoutes: 'editor',
  ConfirmCommit: 'editor',
  CancelCommit: 'editor',
  ExtendCommit: 'editor',
};

/** "/routefleet.v1.RouteService/ListRoutes" → "ListRoutes"; undefined: no RPC that has a rule. */
export function rpcOf(path: string): RpcName | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return Object.hasOwn(rpcRoles, name) ? (name as RpcName) : undefined;
}
