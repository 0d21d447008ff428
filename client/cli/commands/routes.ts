import type { Command } from 'commander';
import type { CommandContext } from '../command-context.js';
import { addRoutesAdd } from './routes-add.js';
import { addRoutesDelete } from './routes-delete.js';
import { addRoutesGet } from './routes-get.js';
import { addRoutesList } from './routes-list.js';
import { addRoutesSet } from './routes-set.js';

/** `routefleet routes …` */
export function addRoutes(program: Command, context: CommandContext): void {
  const routes = program.command('routes').summary('list and edit routes').description('Lists and edits the routing tables of hosts.');
  addRoutesList(routes, context);
  addRoutesGet(routes, context);
  addRoutesAdd(routes, context);
  addRoutesSet(routes, context);
  addRoutesDelete(routes, context);
}
