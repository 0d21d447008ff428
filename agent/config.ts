import { readFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import { parse, stringify } from 'yaml';
import * as z from 'zod';
import { version } from '../proto/gen/version.js';
import type { SecurityFiles } from './access/security-files.js';
import { type AuditMode, auditModes } from './audit/audit.js';
import { ConfigError } from './config-error.js';
import { type ProfileName, profiles } from './iphlpapi/simulated/profiles.js';

const profileNames = Object.keys(profiles) as ProfileName[];
const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const;

/** The validated configuration of one agent. Paths are as given; nothing is read yet. */
export interface AgentConfig {
  /** "0.0.0.0:7420"; port 0 takes any free one. */
  readonly listen: string;
  readonly tlsCertificate?: string | undefined;
  readonly tlsKey?: string | undefined;
  readonly tlsCa?: string | undefined;
  readonly tlsCrl?: string | undefined;
  readonly authorization?: string | undefined;
  /** Plaintext, on loopback alone. */
  readonly insecure: boolean;
  /** Undefined: a real library. */
  readonly simulate?: ProfileName | undefined;
  readonly simulateHostName?: string | undefined;
  readonly simulateHostNumber: number;
  /** Undefined: that of the system. */
  readonly iphlpapi?: string | undefined;
  readonly ipv4Writes: 'classic' | 'netio';
  /** Undefined: the usual place. */
  readonly stateDir?: string | undefined;
  readonly acceptJournalLoss: boolean;
  /** What a failing audit log stops: changes of the table, or nothing. */
  readonly audit: AuditMode;
  readonly reflection: boolean;
  readonly logLevel: (typeof logLevels)[number];
  readonly drainTimeoutSeconds: number;
}

/** Every setting: from flags, environment and file alike, in this order of precedence. */
const settings: z.ZodType<AgentConfig> = z.strictObject({
  listen: z.string().regex(/^(\[[\da-f:.]+\]|[^[\]:\s]+):\d{1,5}$/i, 'is not host:port, such as "0.0.0.0:7420" or "[::]:7420"'),
  tlsCertificate: z.string().min(1).optional(),
  tlsKey: z.string().min(1).optional(),
  tlsCa: z.string().min(1).optional(),
  tlsCrl: z.string().min(1).optional(),
  authorization: z.string().min(1).optional(),
  insecure: z.boolean(),
  simulate: z.enum(profileNames).optional(),
  simulateHostName: z.string().min(1).optional(),
  simulateHostNumber: z.coerce.number().int().min(1).max(65_000),
  iphlpapi: z.string().min(1).optional(),
  ipv4Writes: z.enum(['classic', 'netio']),
  stateDir: z.string().min(1).optional(),
  acceptJournalLoss: z.boolean(),
  audit: z.enum(auditModes),
  reflection: z.boolean(),
  logLevel: z.enum(logLevels),
  drainTimeoutSeconds: z.coerce.number().min(0).max(600),
});

const options = [
  new Option('--listen <host:port>', 'address to listen on').default('0.0.0.0:7420'),
  new Option('--tls-certificate <file>', 'own certificate with its intermediates, PEM'),
  new Option('--tls-key <file>', 'key of the certificate, PEM'),
  new Option('--tls-ca <file>', 'authority whose client certificates are let in, PEM'),
  new Option('--tls-crl <file>', 'revocation lists of the authority, PEM'),
  new Option('--authorization <file>', 'rules that say which client certificate may do what, YAML; see docs/security.md'),
  new Option('--insecure', 'plaintext and no authentication; only on a loopback address').default(false),
  new Option('--simulate <profile>', `simulate a Windows host in memory: ${profileNames.join(', ')}`),
  new Option('--simulate-host-name <name>', 'name of the simulated host (default: that of the profile)'),
  new Option('--simulate-host-number <n>', 'makes the addresses of simulated hosts differ, 1 to 65000').default(1),
  new Option('--iphlpapi <path>', 'library with the exports of iphlpapi.dll (default on Windows: that of System32)'),
  new Option(
    '--ipv4-writes <functions>',
    'Windows functions that write IPv4: classic (SetIpForwardEntry and its siblings) or netio',
  ).default('classic'),
  new Option(
    '--state-dir <directory>',
    'where the journal is kept (default on Windows: %ProgramData%\\routefleet, else /var/lib/routefleet; with --simulate a temporary one)',
  ),
  new Option('--accept-journal-loss', 'set a damaged journal aside and go on with what is readable; see docs/operations.md').default(false),
  new Option(
    '--audit <mode>',
    'required: no route is changed unless the audit log can be written; best-effort: changes go on without it; off: none is kept',
  ).default('required'),
  new Option('--reflection', 'serve gRPC reflection, for grpcurl and the like').default(false),
  new Option('--log-level <level>', logLevels.join(', ')).default('info'),
  new Option('--drain-timeout-seconds <s>', 'time that running calls get when the agent stops').default(10),
];

const help = `
Every option can also stand in the environment (ROUTEFLEET_AGENT_LISTEN for --listen) and in the file of --config
(YAML, listen: for --listen, tlsKey: for --tls-key). A flag wins over the environment, the environment over the file.

"routefleet-agent enroll --help" tells how to get a certificate.
"routefleet-agent authz test --help" explains what a certificate may do by an authorization file.
"routefleet-agent audit verify --help" finds out whether the audit log was changed.
"routefleet-agent service --help" installs and controls the Windows service, which takes its settings from a file alone.

Exit codes: 0 stopped on request · 1 failed · 64 bad option or configuration

Examples:
  routefleet-agent --tls-certificate agent.pem --tls-key agent-key.pem --tls-ca ca.pem --authorization authorization.yaml
  routefleet-agent --simulate office --insecure --listen 127.0.0.1:7420 --reflection
`;

/** What the command line asks for: to run, or only to print the configuration. */
export interface ParsedConfig {
  readonly config: AgentConfig;
  readonly printConfig: boolean;
}

/**
 * Reads flags, environment and file into one configuration.
 *
 * @param args arguments without program and script.
 * @throws ConfigError, or commander's CommanderError for --help, --version and unknown flags
 */
export function parseConfig(args: readonly string[], environment: Readonly<Record<string, string | undefined>>): ParsedConfig {
  const command = new Command('routefleet-agent')
    .description('Offers the routing table of this Windows host over gRPC (routefleet.v1.RouteService).')
    .version(version)
    .option('--config <file>', 'YAML file with settings')
    .option('--print-config', 'print the configuration and exit', false)
    .addHelpText('after', help)
    .showHelpAfterError('Remedy: see routefleet-agent --help.')
    .exitOverride();
  for (const option of options) command.addOption(option);
  command.parse(args, { from: 'user' });

  const { config: path = environment.ROUTEFLEET_AGENT_CONFIG, printConfig } = command.opts<{ config?: string; printConfig: boolean }>();
  const file = path === undefined ? {} : readFile(path);
  const merged: Record<string, unknown> = { ...file };
  for (const option of options) {
    const name = option.attributeName();
    const variable = environmentName(option);
    const fromEnvironment = environment[variable];
    if (command.getOptionValueSource(name) === 'cli') merged[name] = command.getOptionValue(name);
    else if (fromEnvironment !== undefined) merged[name] = option.isBoolean() ? toBoolean(variable, fromEnvironment) : fromEnvironment;
    else merged[name] ??= option.defaultValue;
  }
  return { config: validate(merged), printConfig };
}

/** The configuration as a file for --config. */
export function formatConfig(config: AgentConfig): string {
  return stringify(config);
}

function environmentName(option: Option): string {
  return `ROUTEFLEET_AGENT_${option.name().replaceAll('-', '_').toUpperCase()}`;
}

function toBoolean(variable: string, text: string): boolean {
  if (text === '1' || text === 'true') return true;
  if (text === '0' || text === 'false' || text === '') return false;
  throw new ConfigError(`${variable}: "${text}" is neither true nor false`, 'write true or false');
}

function readFile(path: string): Record<string, unknown> {
  try {
    const content: unknown = parse(readFileSync(path, 'utf8')) ?? {};
    if (typeof content === 'object' && !Array.isArray(content)) return content as Record<string, unknown>;
  } catch (cause) {
    throw new ConfigError(
      `the configuration file cannot be read: ${(cause as Error).message}`,
      'check path, rights and YAML syntax',
      cause,
    );
  }
  throw new ConfigError(`the configuration file ${path} does not hold settings`, 'write lines such as "listen: 0.0.0.0:7420"');
}

function validate(values: Record<string, unknown>): AgentConfig {
  const { data: config, error } = settings.safeParse(values);
  if (config === undefined) {
    const [issue] = error.issues;
    const name = issue?.path.join('.') || (issue?.code === 'unrecognized_keys' ? issue.keys.join(', ') : '');
    throw new ConfigError(
      `${name}: ${JSON.stringify(values[name])}: ${issue?.message}`,
      'see routefleet-agent --help for settings and values',
    );
  }
  checkTls(config);
  return config;
}

function checkTls({ listen, insecure, tlsCertificate, tlsKey, tlsCa, tlsCrl, authorization }: AgentConfig): void {
  const isAnyGiven = [tlsCertificate, tlsKey, tlsCa, tlsCrl, authorization].some((path) => path !== undefined);
  if (insecure && isAnyGiven) {
    throw new ConfigError('--insecure stands beside TLS files or --authorization', 'leave --insecure out; mutual TLS is the rule');
  }
  if (insecure && !/^(127\.[\d.]+|\[::1\]|localhost):/.test(listen)) {
    throw new ConfigError(
      `--insecure with --listen ${listen}: plaintext is allowed on loopback alone`,
      'listen on 127.0.0.1, or give --tls-certificate, --tls-key, --tls-ca and --authorization',
    );
  }
  if (insecure) return;
  const pair = [tlsCertificate, tlsKey, tlsCa].filter((path) => path !== undefined).length;
  // Without any, an enrolment has them.
  if (pair === 0) return;
  if (pair < 3) {
    throw new ConfigError(
      'mutual TLS needs a certificate, its key and the authority of the clients',
      'give --tls-certificate, --tls-key and --tls-ca; for a trial on loopback --insecure',
    );
  }
  if (authorization === undefined) {
    throw new ConfigError(
      'nobody may do anything without rules',
      'give --authorization with a file such as "rules: [{ identities: [urn:routefleet:controller:noc], role: admin }]"; see docs/security.md',
    );
  }
}

/** The files of mutual TLS; undefined: plaintext. */
export function securityFilesOf(config: AgentConfig): SecurityFiles | undefined {
  const { tlsCertificate, tlsKey, tlsCa, tlsCrl, authorization } = config;
  if (tlsCertificate === undefined || tlsKey === undefined || tlsCa === undefined || authorization === undefined) return undefined;
  return { tlsCertificate, tlsKey, tlsCa, tlsCrl, authorization };
}
