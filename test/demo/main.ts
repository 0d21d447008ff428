/** `npm start`: the main job on three simulated hosts. On a terminal it then stays up for commands to be tried. */

import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { stringify } from 'yaml';
import { runCli } from '../../client/cli/run-cli.js';
import { connect } from '../../client/index.js';
import { startDemoFleet } from './fleet.js';

const { stdin, stdout, stderr } = process;
const interactive = stdin.isTTY === true && stdout.isTTY === true;
const color = stdout.isTTY === true && !process.env.NO_COLOR;
const interruption = new AbortController();
process.once('SIGINT', () => interruption.abort());

const fleet = await startDemoFleet();
const watch = startWatch();
try {
  say('Three simulated Windows hosts run, each with its own agent, reached over mutual TLS with certificates made just now.');

  say('What static routes does the fleet have?');
  await routefleet('routes list --protocol netMgmt --family 4');

  say('One change on all hosts, by the SDK: 203.0.113.0/24 gets a route of its own by the way that each host goes today.');
  for (const host of fleet.hosts) await addRoute(host);

  say('Every agent read its row back before it said so. The table after, and how each host now reaches an address in there:');
  await routefleet('routes list --within 203.0.113.0/24');
  await routefleet('best-route 203.0.113.7');

  say('A desired state for office-1. What would it change?');
  const file = await writeDesiredState();
  await routefleet(`plan -f ${file} --host office-1`, 2);

  say('Applied with a way back: unless it is confirmed within 2 s, the agent undoes it by itself. Nobody confirms.');
  await routefleet(`apply -f ${file} --host office-1 --confirm-within 2s --comment unattended`);
  await undone();
  await routefleet('commit list --host office-1');

  say('Again, and confirmed over a new connection, which a host that was lost could not have given:');
  await routefleet(`apply -f ${file} --host office-1 --confirm-within 30s --confirm`);
  await routefleet('routes list --owner demo --host office-1');

  say(
    'Another program on office-1 changes one of these rows, and the agent puts it back. "routefleet watch" ran all along and saw it all:',
  );
  fleet.hosts[0]?.control.setRoute({
    interfaceAlias: 'Ethernet',
    destinationPrefix: '198.51.100.0/25',
    nextHop: '10.20.0.254',
    metric: 77,
  });
  await watch.show(/77 -> 5/);

  if (interactive) await stayUp();
} finally {
  await watch.end();
  await fleet.close();
}

async function addRoute({ name, address }: { readonly name: string; readonly address: string }): Promise<void> {
  const client = connect({ address, tls: fleet.tls });
  try {
    const { route: today } = await client.getBestRoute({ destination: '203.0.113.7' });
    const { nextHop, interfaceLuid: luid } = today;
    const { route, function: writtenBy } = await client.createRoute({
      destinationPrefix: '203.0.113.0/24',
      nextHop,
      interface: { luid },
      metric: 5,
    });
    stdout.write(
      `  ${name}: ${route.destinationPrefix} via ${route.nextHop} on "${route.interfaceAlias}", effective metric ${route.effectiveMetric} (${writtenBy})\n`,
    );
  } finally {
    await client.close();
  }
}

/** A watch of all hosts whose lines are shown later. */
function startWatch(): { show(last: RegExp): Promise<void>; end(): Promise<unknown> } {
  const ending = new AbortController();
  let lines = '';
  const output = {
    write(text: string): void {
      lines += text;
    },
  };
  const running = runCli(['watch', '--protocol', 'netMgmt', '--inventory', fleet.inventory], {
    stdout: output,
    stderr: output,
    color: { stdout: color, stderr: color },
    signal: AbortSignal.any([ending.signal, interruption.signal]),
  });
  return {
    async show(last) {
      while (!last.test(lines) && !interruption.signal.aborted) await delay(50);
      stdout.write(`\n$ routefleet watch --protocol netMgmt\n${lines}`);
    },
    end() {
      ending.abort();
      return running;
    },
  };
}

async function writeDesiredState(): Promise<string> {
  const path = join(dirname(fleet.inventory), 'routes.yaml');
  const routes = ['198.51.100.0/25', '198.51.100.128/25'].map((prefix) => ({ prefix, nextHop: '10.20.0.254', metric: 5 }));
  await writeFile(path, stringify({ owner: 'demo', routes }));
  return path;
}

/** Waits until the agent of the first host has nothing pending any more. */
async function undone(): Promise<void> {
  const client = connect({ address: fleet.hosts[0]?.address ?? '', tls: fleet.tls });
  try {
    while ((await client.getAgent()).pendingCommit !== undefined && !interruption.signal.aborted) await delay(100);
  } finally {
    await client.close();
  }
}

/** Leaves the hosts running until Ctrl-C. */
async function stayUp(): Promise<void> {
  say('The hosts stay up until Ctrl-C. In another terminal, in this directory:');
  stdout.write(`
  export ROUTEFLEET_INVENTORY=${fleet.inventory}
  npm run -s routefleet -- routes list -l site=ams
  npm run -s routefleet -- routes add 198.51.100.0/24 --next-hop 10.20.0.254 --host office-1
  npm run -s routefleet -- routes set 198.51.100.0/24 --next-hop 10.20.0.254 --metric 20 --host office-1
  npm run -s routefleet -- routes delete 198.51.100.0/24 --next-hop 10.20.0.254 --host office-1
  npm run -s routefleet -- watch                                                      # in a third terminal
  npm run -s routefleet -- plan -f ${dirname(fleet.inventory)}/routes.yaml --host office-1
  npm run -s routefleet -- default-gateway set 10.20.0.254 --host office-1 --confirm-within 30s
  npm run -s routefleet -- commit list --host office-1
  npm run -s routefleet -- interfaces -o json
  npm run -s routefleet -- routes add 10.1.2.3/8 --next-hop 10.20.0.254 --host office-1   # an error with its remedy
`);
  await new Promise((resolve) => interruption.signal.addEventListener('abort', resolve, { once: true }));
}

function say(text: string): void {
  stdout.write(`\n${text}\n`);
}

async function routefleet(command: string, expectedCode = 0): Promise<void> {
  stdout.write(`\n$ routefleet ${command}\n`);
  const code = await runCli([...command.split(' '), '--inventory', fleet.inventory], {
    stdout,
    stderr,
    color: { stdout: color, stderr: color },
    signal: interruption.signal,
  });
  if (code !== expectedCode) process.exitCode = code;
}
