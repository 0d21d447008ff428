import { Command } from 'commander';
import { version } from '../../proto/gen/version.js';
import type { CommandContext } from './command-context.js';
import { addAgent } from './commands/agent.js';
import { addApply } from './commands/apply.js';
import { addBestRoute } from './commands/best-route.js';
import { addCommit } from './commands/commit.js';
import { addCompletion } from './commands/completion.js';
import { addDefaultGateway } from './commands/default-gateway.js';
import { addDrift } from './commands/drift.js';
import { addEnroll } from './commands/enroll.js';
import { examples, exitCodeHelp } from './commands/help.js';
import { addHistory } from './commands/history.js';
import { addInterfaces } from './commands/interfaces.js';
import { addInventory } from './commands/inventory.js';
import { addPki } from './commands/pki.js';
import { addPlan } from './commands/plan.js';
import { addRollout } from './commands/rollout.js';
import { addRoutes } from './commands/routes.js';
import { addWatch } from './commands/watch.js';
import { addGlobalOptions } from './options/global-options.js';

/** The command line of `routefleet`. Parsing throws a CommanderError where commander would end the process. */
export function createProgram(context: CommandContext): Command {
  const { stdout, stderr, color } = context.io;
  const program = new Command('routefleet')
    .description('Reads and edits the routing tables of Windows hosts through their agents.')
    .version(version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => stderr.write(text),
      getOutHasColors: () => color.stdout,
      getErrHasColors: () => color.stderr,
    })
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('(--help says what there is)')
    .addHelpText(
      'after',
      examples(
        'routefleet routes list --address 10.0.0.2:7420 --tls-ca ca.pem --tls-cert me.pem --tls-key me-key.pem',
        'routefleet routes list --inventory fleet.yaml -l site=ams --within 10.0.0.0/8',
        'routefleet routes add 10.9.0.0/16 --next-hop 10.0.0.254 --inventory fleet.yaml --host "web*"',
        'routefleet watch --inventory fleet.yaml -l site=ams',
        'routefleet plan -f routes.yaml --inventory fleet.yaml',
        'routefleet apply -f routes.yaml --inventory fleet.yaml --host web1 --confirm-within 2m --confirm',
      ) + exitCodeHelp,
    );
  addGlobalOptions(program);
  addRoutes(program, context);
  addWatch(program, context);
  addPlan(program, context);
  addDrift(program, context);
  addApply(program, context);
  addRollout(program, context);
  addHistory(program, context);
  addCommit(program, context);
  addDefaultGateway(program, context);
  addInterfaces(program, context);
  addBestRoute(program, context);
  addAgent(program, context);
  addInventory(program, context);
  addPki(program, context);
  addEnroll(program, context);
  addCompletion(program, context);
  return program;
}
