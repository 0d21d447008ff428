import type { Command } from 'commander';
import { encodeDefaultGateway } from '../../codec/default-gateway.js';
import type { DefaultGateway } from '../../model/results.js';
import type { CommandContext } from '../command-context.js';
import { interfaceSyntax, parseInterfaceText } from '../options/interface-text.js';
import { parseInteger } from '../options/values.js';
import { addWriteOptions, type WriteCommandOptions, writeOptionsOf } from '../options/write-options.js';
import { gatewayRows } from '../render/write-view.js';
import { writeRoutes } from '../write-hosts.js';
import { examples } from './help.js';

interface GatewayOptions extends WriteCommandOptions {
  readonly interface?: string;
  readonly metric?: string;
  readonly sameInterfaceOnly?: boolean;
}

/** `routefleet default-gateway …` */
export function addDefaultGateway(program: Command, context: CommandContext): void {
  const command = program
    .command('default-gateway')
    .summary('change the default gateway')
    .description('Changes the default gateway of hosts.')
    .command('set')
    .summary('make a next hop the default gateway')
    .description(
      'Makes a next hop the default gateway, on one host after the other: creates the default route, then deletes the others of its IP version, and sees that it is the best. On any failure all is as before.',
    )
    .argument('<next hop>', 'IP address; its version says which default route is meant')
    .option('--interface <interface>', `interface: ${interfaceSyntax}; default: the one by which the host reaches the next hop`)
    .option('--metric <n>', "the route's own metric (default: that of the best default route that is replaced)")
    .option('--same-interface-only', 'replace only the default routes of the same interface');
  addWriteOptions(command)
    .addHelpText(
      'after',
      examples(
        'routefleet default-gateway set 10.0.0.254 --address web1.example.net --confirm-within 2m',
        'routefleet default-gateway set fe80::1 --interface Ethernet --same-interface-only --inventory fleet.yaml --host web1 --dry-run',
      ),
    )
    .action(async (nextHop: string, options: GatewayOptions, self: Command) => {
      const { dryRun = false } = options;
      const gateway = gatewayOf(nextHop, options);
      const writeOptions = writeOptionsOf(options);
      encodeDefaultGateway(gateway, writeOptions);
      await writeRoutes(context, self, async (client, _host, signal) =>
        gatewayRows(await client.setDefaultGateway(gateway, { ...writeOptions, signal }), dryRun),
      );
    });
}

function gatewayOf(nextHop: string, { interface: text, metric, sameInterfaceOnly }: GatewayOptions): DefaultGateway {
  return {
    nextHop,
    interface: text === undefined ? undefined : parseInterfaceText(text),
    metric: metric === undefined ? undefined : parseInteger(metric, '--metric', 0, 0xffff_ffff),
    sameInterfaceOnly,
  };
}
