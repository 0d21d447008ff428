#!/usr/bin/env node
import { CommanderError } from 'commander';
import pino, { type Logger } from 'pino';
import { InvalidValueError } from '../proto/invalid-value.js';
import { runAuthz } from './access/authz-command.js';
import { loadSecurity } from './access/security-files.js';
import { watchSecurity } from './access/watch-security.js';
import { runAudit } from './audit/audit-command.js';
import { type AgentConfig, formatConfig, parseConfig } from './config.js';
import { ConfigError } from './config-error.js';
import { EnrollError } from './enroll/enroll-error.js';
import { startRenewal } from './enroll/renewal.js';
import { findSecurityFiles } from './enroll/security-files-of-host.js';
import { defaultStateDirectory } from './host/state-directory.js';
import { simulateHost } from './simulate.js';
import { openLibrary, type RunningAgent, startAgent } from './start.js';

const exitFailed = 1;
const exitUsage = 64;
const exitUnreachable = 69;
const stopSignals: readonly NodeJS.Signals[] = [
  'SIGTERM',
  'SIGINT',
  ...(process.platform === 'win32' ? (['SIGBREAK', 'SIGHUP'] as const) : []),
];

process.exitCode = await main();

async function main(): Promise<number> {
  try {
    const [subcommand, ...args] = process.argv.slice(2);
    if (subcommand === 'enroll') {
      const { runEnroll } = await import('./enroll/enroll-command.js');
      process.stdout.write(await runEnroll(args, process.env));
      return 0;
    }
    if (subcommand === 'authz') {
      const { text, allowed } = await runAuthz(args);
      process.stdout.write(text);
      return allowed ? 0 : exitFailed;
    }
    if (subcommand === 'audit') {
      const { text, whole } = await runAudit(args);
      process.stdout.write(text);
      return whole ? 0 : exitFailed;
    }
    const { config, printConfig } = parseConfig(process.argv.slice(2), process.env);
    if (printConfig) {
      process.stdout.write(formatConfig(config));
      return 0;
    }
    await serve(config);
    return 0;
  } catch (error) {
    return explain(error);
  }
}

async function serve(config: AgentConfig): Promise<void> {
  const stateDirectory = config.stateDir ?? (config.simulate === undefined ? defaultStateDirectory() : undefined);
  const files = await findSecurityFiles(config, stateDirectory);
  const security = files && (await loadSecurity(files));
  const log = pino({ name: 'routefleet-agent', level: config.logLevel }, pino.destination({ sync: true }));
  const backend = config.simulate === undefined ? openLibrary(config.iphlpapi) : simulateHost({ ...config, profile: config.simulate });
  const agent = await startAgent(backend, config, security, log);
  const isEnrolled = files !== undefined && config.tlsCertificate === undefined;
  const renewal = isEnrolled && stateDirectory !== undefined ? startRenewal({ stateDirectory, log }) : undefined;
  const watching = files && security && watchSecurity(files, security, agent.replaceSecurity, log);
  const { iphlpapi, identity } = backend;
  const address = `${config.listen.slice(0, config.listen.lastIndexOf(':'))}:${agent.port}`;
  log.info({ address, tls: security !== undefined, library: iphlpapi.description, host: identity.hostName }, 'listening');
  if (!iphlpapi.isElevated()) log.warn('not elevated: routes can be read, but not changed');
  if (iphlpapi.missing.length > 0) log.warn({ missing: iphlpapi.missing }, 'the library lacks functions');
  for (const warning of security?.warnings ?? []) log.warn(warning);
  await stopRequested(log);
  await renewal?.stop();
  await watching?.close();
  await stop(agent, config, log);
}

/** Resolves at the first request to stop: a signal, or on Windows Ctrl+C, Ctrl+Break or a closed console. A second one ends the process at once. */
function stopRequested(log: Logger): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of stopSignals) {
      process.once(signal, () => {
        log.info({ signal }, 'stopping');
        process.once(signal, () => process.exit(exitFailed));
        resolve();
      });
    }
  });
}

async function stop(agent: RunningAgent, { drainTimeoutSeconds }: AgentConfig, log: Logger): Promise<void> {
  await agent.stop(drainTimeoutSeconds * 1000);
  log.info('stopped');
}

function explain(error: unknown): number {
  // commander has printed its help or its message already.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitUsage;
  if (error instanceof ConfigError || error instanceof InvalidValueError) {
    process.stderr.write(`routefleet-agent: ${error.message}. Remedy: ${error.remedy}.\n`);
    return exitUsage;
  }
  if (error instanceof EnrollError) {
    process.stderr.write(`routefleet-agent: ${error.message} (${error.code}). Remedy: ${error.remedy}.\n`);
    return error.code === 'UNREACHABLE' ? exitUnreachable : exitFailed;
  }
  const { code, message } = error as NodeJS.ErrnoException;
  const remedy =
    code === 'EADDRINUSE' || message.includes('EADDRINUSE')
      ? 'another program listens there: stop it, or choose another --listen'
      : 'see the message; run with --log-level debug for more';
  process.stderr.write(`routefleet-agent: ${message}. Remedy: ${remedy}.\n`);
  return exitFailed;
}
