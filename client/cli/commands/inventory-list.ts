import type { Command } from 'commander';
import type { Host } from '../../fleet/host.js';
import { type CommandContext, prepareInventoryRun } from '../command-context.js';
import { createRenderer } from '../render/render.js';
import type { View } from '../render/view.js';
import { examples } from './help.js';
import { inventoryHelp } from './inventory-help.js';

/** `routefleet inventory list` */
export function addInventoryList(inventory: Command, { io }: CommandContext): void {
  inventory
    .command('list')
    .summary('list hosts')
    .description('Lists the hosts that --host and --selector choose, with what defaults and groups say about them. Connects to none.')
    .addHelpText(
      'after',
      examples('routefleet inventory list --inventory fleet.yaml', 'routefleet inventory list -l site=ams -o json') + inventoryHelp,
    )
    .action(async (_options: object, self: Command) => {
      const { hosts, output, color } = await prepareInventoryRun(self, io);
      const renderer = createRenderer(output, hostView, { hostColumn: true, color });
      io.stdout.write(renderer.add(hosts.map((host) => ({ host: host.name, row: host }))) + renderer.end());
    });
}

const hostView: View<Host> = {
  columns: [
    { header: 'ADDRESS', text: ({ address }) => address },
    { header: 'GROUPS', text: ({ groups }) => groups.join(',') || undefined },
    { header: 'LABELS', text: ({ labels }) => labelText(labels) || undefined },
  ],
  fields: ['address', 'groups', 'labels', 'timeoutMs', 'tls'],
};

/** In the way that a selector takes them. */
function labelText(labels: Host['labels']): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .join(',');
}
