import type { Command } from 'commander';
import type { CommandContext } from '../command-context.js';
import { addInventoryCheck } from './inventory-check.js';
import { addInventoryImport } from './inventory-import.js';
import { addInventoryList } from './inventory-list.js';

/** `routefleet inventory …` */
export function addInventory(program: Command, context: CommandContext): void {
  const inventory = program
    .command('inventory')
    .summary('show and check the inventory, and import what a host has')
    .description('Shows and checks the hosts of an inventory, and writes the routes that a host has as a desired state.');
  addInventoryList(inventory, context);
  addInventoryCheck(inventory, context);
  addInventoryImport(inventory, context);
}
