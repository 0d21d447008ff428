import type { ListRoutesResponse } from '../../proto/gen/routefleet/v1/route_service.pb.js';
import type { Route } from '../model/route.js';
import type { AddressText } from './address-text.js';
import { readPackedRoutes } from './packed-routes.js';
import { decodeRoute } from './route.js';

/** The rows of one message, which become objects one by one. */
export interface RouteRows {
  readonly count: number;
  /** The row at a position from 0. @throws MalformedAnswerError */
  at(row: number): Route;
}

/** The rows of a message, in whichever view the agent sent them. @throws MalformedAnswerError */
export function readRows({ routes, packed }: ListRoutesResponse, text: AddressText): RouteRows {
  if (packed !== undefined) return readPackedRoutes(packed, text);
  return { count: routes.length, at: (row) => decodeRoute(routes[row] as (typeof routes)[number]) };
}
