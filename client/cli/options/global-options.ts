import { type Command, Option } from 'commander';
import { defaultRolloutsDirectory } from '../../fleet/rollout/rollouts-directory.js';
import { type OutputFormat, outputFormats } from '../render/render.js';
import { collect } from './values.js';

/** The options that every command takes, as given. */
export interface GlobalOptions {
  readonly address?: readonly string[];
  readonly inventory?: string;
  readonly host?: readonly string[];
  readonly selector?: readonly string[];
  readonly limit?: string;
  readonly all?: boolean;
  readonly tlsCa?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly tlsServerName?: string;
  readonly insecure?: boolean;
  readonly timeout?: string;
  readonly concurrency?: string;
  readonly workers?: string;
  readonly rolloutsDir: string;
  readonly output: OutputFormat;
  readonly color: boolean;
}

const hostsHeading = 'Which hosts:';
const connectionHeading = 'How to reach them:';
const rolloutsHeading = 'Rollouts:';
const outputHeading = 'Output:';

/** Adds them to the program; commander then takes them before and after any subcommand. */
export function addGlobalOptions(program: Command): void {
  program
    .optionsGroup(hostsHeading)
    .addOption(new Option('--address <host:port>', 'an agent; can be repeated; default port 7420').argParser(collect))
    .addOption(new Option('--inventory <file>', 'hosts of a fleet (YAML)').env('ROUTEFLEET_INVENTORY'))
    .addOption(new Option('--host <glob>', 'hosts of the inventory by name, "web*"; can be repeated').argParser(collect))
    .addOption(
      new Option('-l, --selector <labels>', 'hosts of the inventory by labels, "site=ams,role!=edge,managed,!old"').argParser(collect),
    )
    .option('--limit <outcome@rollout>', 'hosts of the inventory by what became of them in a rollout, "failed@last"')
    .option('--all', 'all hosts of the inventory; the default for reading, to be given for writing')
    .optionsGroup(connectionHeading)
    .addOption(new Option('--tls-ca <file>', 'CA that signed the certificates of the agents (PEM)').env('ROUTEFLEET_TLS_CA'))
    .addOption(new Option('--tls-cert <file>', 'certificate of this client (PEM)').env('ROUTEFLEET_TLS_CERT'))
    .addOption(new Option('--tls-key <file>', 'its private key (PEM)').env('ROUTEFLEET_TLS_KEY'))
    .addOption(new Option('--tls-server-name <name>', "name in the agent's certificate, if not the host").env('ROUTEFLEET_TLS_SERVER_NAME'))
    .option('--insecure', 'plaintext; to loopback addresses only')
    .option('--timeout <duration>', 'time for each call, "500ms", "10s", "2m" (default 10s; 60s for routes list, plan and apply)')
    .option('--concurrency <n>', 'hosts that are read at a time (default 16)')
    .option('--workers <n>', 'processes that plan and change hosts, one per core for thousands of them (default: this one)')
    .optionsGroup(rolloutsHeading)
    .addOption(
      new Option('--rollouts-dir <dir>', 'where rollouts are kept')
        .env('ROUTEFLEET_ROLLOUTS_DIR')
        .default(defaultRolloutsDirectory(), 'in the home directory'),
    )
    .optionsGroup(outputHeading)
    .addOption(new Option('-o, --output <format>', 'form of the output').choices(outputFormats).default('table'))
    .option('--no-color', 'no colours; also by NO_COLOR in the environment');
}
