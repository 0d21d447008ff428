import type { Logger } from 'pino';
import { version } from '../proto/gen/version.js';
import { loadSecurity } from './access/security-files.js';
import { watchSecurity } from './access/watch-security.js';
import type { AgentConfig } from './config.js';
import { startRenewal } from './enroll/renewal.js';
import { findSecurityFiles } from './enroll/security-files-of-host.js';
import type { EventSink } from './host/agent-event.js';
import { createAuditEvents } from './host/audit-events.js';
import { defaultStateDirectory } from './host/state-directory.js';
import { simulateHost } from './simulate.js';
import { openLibrary, startAgent } from './start.js';

/** What a console and the service manager of Windows do in their own ways. */
export interface ServeHooks {
  readonly log: Logger;
  /** Asked for when the agent listens; the agent stops when it resolves. */
  stopRequested(): Promise<void>;
  /** Where the host keeps what it is told of the agent. Default: nowhere. */
  readonly events?: EventSink;
  /** Refuses a file that decides what the agent does, by throwing. Default: none. */
  checkFile?(path: string): void;
}

/**
 * Runs an agent until it is asked to stop.
 *
 * @throws ConfigError, EnrollError, or the system's error, when it cannot start
 */
export async function serve(config: AgentConfig, { log, stopRequested, events, checkFile }: ServeHooks): Promise<void> {
  const stateDirectory = config.stateDir ?? (config.simulate === undefined ? defaultStateDirectory() : undefined);
  const files = await findSecurityFiles(config, stateDirectory);
  for (const path of [config.iphlpapi, stateDirectory, ...Object.values(files ?? {})]) {
    if (path !== undefined) checkFile?.(path);
  }
  const security = files && (await loadSecurity(files));
  const backend = config.simulate === undefined ? openLibrary(config.iphlpapi) : simulateHost({ ...config, profile: config.simulate });
  const agent = await startAgent(backend, { ...config, witness: events && createAuditEvents(events) }, security, log);
  const isEnrolled = files !== undefined && config.tlsCertificate === undefined;
  const renewal = isEnrolled && stateDirectory !== undefined ? startRenewal({ stateDirectory, log }) : undefined;
  const watching = files && security && watchSecurity(files, security, agent.replaceSecurity, log);
  const { iphlpapi, identity } = backend;
  const address = `${config.listen.slice(0, config.listen.lastIndexOf(':'))}:${agent.port}`;
  log.info({ address, tls: security !== undefined, library: iphlpapi.description, host: identity.hostName }, 'listening');
  events?.report('started', `routefleet agent ${version} listens on ${address}`);
  if (!iphlpapi.isElevated()) log.warn('not elevated: routes can be read, but not changed');
  if (iphlpapi.missing.length > 0) log.warn({ missing: iphlpapi.missing }, 'the library lacks functions');
  for (const warning of security?.warnings ?? []) log.warn(warning);
  await stopRequested();
  await renewal?.stop();
  await watching?.close();
  await agent.stop(config.drainTimeoutSeconds * 1000);
  log.info('stopped');
  events?.report('stopped', `routefleet agent ${version} stopped`);
}
