import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { Command } from 'commander';
import { canonicalName } from '../../proto/identity.js';
import { InvalidValueError } from '../../proto/invalid-value.js';
import { parsePin } from '../../proto/pem.js';
import { ConfigError } from '../config-error.js';
import { defaultStateDirectory, prepareStateDirectory } from '../host/state-directory.js';
import { enroll } from './enroll.js';
import { findEnrolment } from './enrolment-files.js';
import { parseServer } from './server-address.js';
import { starterRulesPath, writeStarterRules } from './starter-rules.js';

const tokenVariable = 'ROUTEFLEET_AGENT_ENROLL_TOKEN';

const help = `
The token can also stand in the environment (${tokenVariable}), where other users of this host do not see it.

Exit codes: 0 enrolled · 1 refused or failed · 64 bad option · 69 the server was not reached

Example:
  routefleet-agent enroll --server ctl.example.net:7421 --ca-pin sha256:… --token-file token
`;

interface EnrollCommandOptions {
  readonly server: string;
  readonly caPin: string;
  readonly token?: string;
  readonly tokenFile?: string;
  readonly name?: string;
  readonly stateDir?: string;
  readonly force: boolean;
  readonly keep: boolean;
}

/**
 * Carries out `routefleet-agent enroll`.
 *
 * @param args arguments behind "enroll"
 * @returns what it did, for people
 * @throws ConfigError, EnrollError; commander's CommanderError
 */
export async function runEnroll(args: readonly string[], environment: Readonly<Record<string, string | undefined>>): Promise<string> {
  const command = new Command('routefleet-agent enroll')
    .description(
      'Gets a certificate for this host from an enrolment server ("routefleet enroll serve"). The agent then uses and renews it by itself.',
    )
    .requiredOption('--server <host:port>', 'enrolment server')
    .requiredOption('--ca-pin <pin>', 'SHA-256 of the public key of the authority, "sha256:…", as "routefleet pki show" shows it')
    .option('--token <token>', 'one-time token of "routefleet enroll token create"')
    .option('--token-file <file>', 'file that holds the token')
    .option('--name <host name>', 'name of this host, as the token has it (default: as the system says)')
    .option('--state-dir <directory>', 'state directory of the agent (default: as without "enroll")')
    .option('--force', 'replace the certificate of an earlier enrolment', false)
    .option('--keep', 'be content with the certificate of an earlier enrolment: for installers, which run again', false)
    .addHelpText('after', help)
    .showHelpAfterError('Remedy: see routefleet-agent enroll --help.')
    .exitOverride();
  command.parse([...args], { from: 'user' });
  const options = command.opts<EnrollCommandOptions>();
  const pin = parsePin(options.caPin);
  if (pin === undefined) {
    throw new ConfigError(`--ca-pin: "${options.caPin}" is no SHA-256 of a public key`, 'write "sha256:" and 64 hexadecimal digits');
  }
  const server = parseServer(options.server);
  const name = nameOf(options);
  const token = tokenOf(options, environment);
  const stateDirectory = await prepareStateDirectory(options.stateDir ?? defaultStateDirectory());
  const earlier = await findEnrolment(stateDirectory);
  if (earlier !== undefined && options.keep) return `${earlier.certificate} is there: this agent enrolled already\n`;
  if (earlier !== undefined && !options.force) {
    throw new ConfigError(
      `${earlier.certificate} is there: this agent enrolled already`,
      'leave it, by --keep without this error; --force enrolls anew, with a new token',
    );
  }
  const { notAfter } = await enroll({ server, pin, token, name, stateDirectory });
  const rules = starterRulesPath(stateDirectory);
  const told = (await writeStarterRules(rules)) ? `; ${rules} lets every controller of the authority be an admin: narrow it` : '';
  return `enrolled as ${name} until ${notAfter.toISOString()}; the agent uses it when it is started without --tls-certificate${told}\n`;
}

function nameOf({ name }: EnrollCommandOptions): string {
  try {
    return canonicalName(name ?? hostname());
  } catch (error) {
    throw error instanceof InvalidValueError ? new ConfigError(`--name: ${error.message}`, error.remedy, error) : error;
  }
}

function tokenOf({ token, tokenFile }: EnrollCommandOptions, environment: Readonly<Record<string, string | undefined>>): string {
  const given = token ?? (tokenFile === undefined ? environment[tokenVariable] : readTokenFile(tokenFile));
  if (given !== undefined && given !== '') return given;
  throw new ConfigError('no token is given', `give --token-file, --token, or ${tokenVariable} in the environment`);
}

function readTokenFile(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (cause) {
    throw new ConfigError(`--token-file: ${(cause as Error).message}`, 'check the path, and that the agent may read it', cause);
  }
}
